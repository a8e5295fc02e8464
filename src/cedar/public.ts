/**
 * The entry point `./cedar`: the language, from text to an authorization decision and why. Schemas, and
 * entities and requests as JSON, are in `./cedar/schema`: who has values already need not load them.
 *
 * It is all of language 4.5 as official Cedar decides it, but for `unknown("x")`: that is for partial
 * evaluation, an experiment, and is refused as a syntax error.
 *
 *     const { policies, errors } = parsePolicies(text);
 *     const set = compilePolicies(policies.map((policy, n) => ({ id: `policy${n}`, policy })));
 *     const entities = buildEntities([]);
 *     if (set.ok && entities.ok) authorize(set.value, request, entities.value).decision;
 */
export { err, ok, type Result } from '../base/result.ts';
export { LineIndex, type Position, type Span } from '../base/span.ts';
export type { Annotation, Condition, Effect, Expr, Policy } from './ast.ts';
export {
  authorize,
  evaluate,
  type Authorization,
  type Evaluation,
  type Request,
} from './authorize.ts';
export {
  compilePolicies,
  type CompileProblem,
  type CompiledPolicy,
  type NamedPolicy,
  type PolicySet,
} from './compile.ts';
export { bareEntity, buildEntities, NO_ENTITIES } from './entities.ts';
export type { Entities, EntitiesProblem, Entity } from './entities.ts';
export {
  explain,
  type Explained,
  type ExplainedCondition,
  type PolicyExplanation,
} from './explain.ts';
export { parseDatetime, datetimeFromMillis, type Datetime } from './extensions/datetime.ts';
export { parseDecimal, decimalFromScaled, type Decimal } from './extensions/decimal.ts';
export { parseDuration, type Duration } from './extensions/duration.ts';
export { parseIpAddr, type IpAddr } from './extensions/ipaddr.ts';
export type { FailureCode, PolicyError } from './failure.ts';
export { linkTemplate, type LinkProblem } from './link.ts';
export {
  parsePolicies,
  type ParsedPolicies,
  type SyntaxIssue,
  type SyntaxIssueCode,
} from './parse.ts';
export { policyToJson, type PolicyJson } from './policy-json.ts';
export { printPolicies, printPolicy } from './print.ts';
export {
  CedarRecord,
  CedarSet,
  EMPTY_RECORD,
  entityUid,
  EntityUid,
  longValue,
  printValue,
  recordOf,
  setOf,
  valuesEqual,
  type Value,
} from './value.ts';
