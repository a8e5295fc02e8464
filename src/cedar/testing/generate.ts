/** Random policy sets for the tests, with entities and requests; conditions are printed from their trees. */
import fc from 'fast-check';
import { printExpr } from '../print.ts';
import { quote } from '../strings.ts';
import {
  ACTIONS,
  entities,
  pick,
  request,
  TYPES,
  uid,
  type EntityData,
  type RequestData,
  type UidData,
} from './generate-data.ts';
import { condition } from './generate-expression.ts';

export interface Case {
  /** One policy each. */
  readonly policies: readonly string[];
  readonly entities: readonly EntityData[];
  readonly requests: readonly RequestData[];
}

function scopeText(of: string, entity: fc.Arbitrary<UidData>): fc.Arbitrary<string> {
  const text = entity.map(({ type, id }) => `${type}::${quote(id)}`);
  return fc.oneof(
    { arbitrary: fc.constant(of), weight: 4 },
    { arbitrary: text.map((named) => `${of} == ${named}`), weight: 1 },
    { arbitrary: text.map((named) => `${of} in ${named}`), weight: 2 },
    { arbitrary: pick(TYPES).map((type) => `${of} is ${type}`), weight: 2 },
    {
      arbitrary: fc.tuple(pick(TYPES), text).map(([type, named]) => `${of} is ${type} in ${named}`),
      weight: 1,
    },
  );
}

const actionText: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: fc.constant('action'), weight: 3 },
  { arbitrary: pick(ACTIONS).map((id) => `action == Action::"${id}"`), weight: 2 },
  { arbitrary: pick(ACTIONS).map((id) => `action in Action::"${id}"`), weight: 2 },
  {
    arbitrary: fc
      .array(pick(ACTIONS), { maxLength: 3 })
      .map((ids) => `action in [${ids.map((id) => `Action::"${id}"`).join(', ')}]`),
    weight: 2,
  },
);

/** The text of one policy. */
export const policyText: fc.Arbitrary<string> = fc
  .tuple(
    pick(['permit', 'permit', 'permit', 'forbid']),
    scopeText('principal', uid),
    actionText,
    scopeText('resource', uid),
    fc.array(fc.tuple(pick(['when', 'unless']), condition), { maxLength: 2 }),
    fc.array(pick(['@id("x")', '@note', '@if("é\\n")']), { maxLength: 1 }),
  )
  .map(([effect, principal, action, resource, conditions, annotations]) => {
    const clauses = conditions.map(([kind, body]) => ` ${kind} { ${printExpr(body)} }`).join('');
    return `${annotations.join(' ')} ${effect} (${principal}, ${action}, ${resource})${clauses};`;
  });

/** A policy set of 1 to `most` policies with entities and requests. */
export function cases(most = 30, requests = 4): fc.Arbitrary<Case> {
  return fc.record({
    policies: fc.array(policyText, { minLength: 1, maxLength: most, size: 'max' }),
    entities,
    requests: fc.array(request, { minLength: 1, maxLength: requests }),
  });
}
