/** How to make a question about a set come out as wanted. */
import type { Expr } from '../../cedar/ast.ts';
import { CedarSet, setOf, valuesEqual, type Value } from '../../cedar/value.ts';
import { contextPath, type Ground } from './cells.ts';
import type { Draft, Tried } from './draft.ts';
import { settled, valueOf } from './settle.ts';
import { othersThan } from './values.ts';

export function methodRepairs(
  { method, subject, args }: Extract<Expr, { kind: 'method' }>,
  want: boolean,
  at: Tried,
  ground: Ground,
): readonly Draft[] {
  const [arg] = args;
  const set = valueOf(subject, at);
  const other = arg === undefined ? undefined : valueOf(arg, at);
  if (!(set instanceof CedarSet)) return [];
  const setSubject = (values: Iterable<Value>): readonly Draft[] =>
    settled(subject, setOf(values), at, ground);
  const setArg = (value: Value): readonly Draft[] =>
    arg === undefined ? [] : settled(arg, value, at, ground);
  const without = (drop: (value: Value) => boolean): readonly Value[] =>
    [...set].filter((value) => !drop(value));
  switch (method) {
    case 'isEmpty':
      return want ? setSubject([]) : setSubject([firstWord(subject, ground)]);
    case 'contains': {
      if (other === undefined) return [];
      return want
        ? [...setSubject([...set, other]), ...[...set].slice(0, 4).flatMap(setArg)]
        : [
            ...setSubject(without((value) => valuesEqual(value, other))),
            ...setSubject(orOther(without((value) => valuesEqual(value, other)))),
            ...othersThan(other).flatMap(setArg),
          ];
    }
    case 'containsAny': {
      if (!(other instanceof CedarSet)) return [];
      if (want) {
        return [
          ...[...other].slice(0, 24).flatMap((value) => setSubject([...set, value])),
          ...[...set].slice(0, 4).flatMap((value) => setArg(setOf([...other, value]))),
        ];
      }
      const rest = without((value) => other.has(value));
      return [
        ...setSubject(rest),
        ...(rest.length === 0 ? setSubject(['other']) : []),
        ...setArg(setOf([])),
      ];
    }
    case 'containsAll': {
      if (!(other instanceof CedarSet)) return [];
      const shared = [...other].filter((value) => set.has(value));
      if (want) {
        return [
          ...setSubject([...set, ...other]),
          ...setArg(setOf(shared.length === 0 ? [...set].slice(0, 1) : shared)),
        ];
      }
      return [
        ...[...other].flatMap((value) =>
          setSubject(orOther(without((one) => valuesEqual(one, value)))),
        ),
        ...setArg(setOf([...other, 'other'])),
      ];
    }
    case 'getTag':
    case 'hasTag':
      return [];
  }
}

/** What can hold no empty list holds something else. */
function orOther(values: readonly Value[]): readonly Value[] {
  return values.length === 0 ? ['other'] : values;
}

function firstWord(expr: Expr, { known }: Ground): string {
  const name = contextPath(expr)?.at(-1) ?? '';
  const word = known.get(name)?.[0];
  return typeof word === 'string' ? word : 'other';
}
