import { isJsonObject, pointerTo, type Json } from '../cedar/json/lossless.ts';
import type { Scenario } from '../pack/scenario.ts';
import { jsonKey } from './change-json.ts';

/** Values that scenarios of the pack use, by JSON pointer, the commonest first. */
export type Samples = ReadonlyMap<string, readonly Json[]>;

interface Counted {
  readonly value: Json;
  readonly count: number;
}

/** Every value that runnable scenarios give to a field of the context. */
export function samplesOf(scenarios: readonly Scenario[]): Samples {
  const found = new Map<string, Map<string, Counted>>();
  const add = (pointer: string, value: Json): void => {
    if (value === null) return;
    if (isJsonObject(value)) {
      for (const [name, member] of value) add(pointerTo(pointer, name), member);
      return;
    }
    const values = found.get(pointer) ?? new Map<string, Counted>();
    const key = jsonKey(value);
    values.set(key, { value, count: (values.get(key)?.count ?? 0) + 1 });
    found.set(pointer, values);
  };
  for (const { run } of scenarios) if (run.ok) add('/context', run.value.check.context);
  return new Map(
    [...found].map(([pointer, values]) => [
      pointer,
      [...values.values()].toSorted((a, b) => b.count - a.count).map(({ value }) => value),
    ]),
  );
}
