import type { Explained, ExplainedCondition, PolicyExplanation } from '../cedar/explain.ts';
import { CedarRecord, printValue, type Value } from '../cedar/value.ts';
import type { ConditionTrace, PolicyTrace, TraceNode } from './engine-api.ts';
import type { RuleSource } from './open-pack.ts';

const LONGEST_VALUE = 400;
/** A whole context printed at each mention of `context` would dwarf the rest of the trace. */
const LONGEST_RECORD = 80;

/**
 * Turns explanations into plain data for showing; `rules`: the pack's, by id. Policies whose scope leaves
 * the request out, most of a large pack, are told without their conditions.
 */
export function traceOf(
  explanations: readonly PolicyExplanation[],
  rules: ReadonlyMap<string, RuleSource>,
): readonly PolicyTrace[] {
  const print = printer();
  return explanations.flatMap((explanation) => {
    const source = rules.get(explanation.policyId);
    if (source === undefined) return [];
    const { principal, action, resource } = explanation.scope;
    return principal && action && resource
      ? [wholeTrace(explanation, source, print)]
      : [{ ...headOf(explanation, source), trimmed: true, text: '', conditions: [] }];
  });
}

/** One policy's trace with everything in it. */
export function ruleTraceOf(explanation: PolicyExplanation, source: RuleSource): PolicyTrace {
  return wholeTrace(explanation, source, printer());
}

function wholeTrace(explanation: PolicyExplanation, source: RuleSource, print: Print): PolicyTrace {
  const conditions = explanation.conditions.map((condition) => conditionTrace(condition, print));
  return { ...headOf(explanation, source), text: source.text, conditions };
}

function headOf({ outcome, scope, error }: PolicyExplanation, { rule }: RuleSource) {
  const { id, path, span, effect, verdict } = rule;
  const failure =
    error === undefined
      ? {}
      : { error: { code: error.code, message: error.message, span: error.span } };
  return { id, path, span, effect, verdict, outcome, ...failure, scope };
}

const CONNECTIVES: ReadonlySet<Explained['kind']> = new Set(['and', 'or', 'not', 'if']);

type Print = (value: Value) => string;

function conditionTrace({ kind, outcome, body }: ExplainedCondition, print: Print): ConditionTrace {
  return {
    kind,
    outcome: typeof outcome === 'boolean' ? (outcome ? 'true' : 'false') : outcome,
    body: nodeTrace(body, print),
  };
}

/** The recursion is as deep as the expression, whose depth the parser limits. */
function nodeTrace(node: Explained, print: Print): TraceNode {
  const { span, kind, value, error, decidedBy } = node;
  // What was not reached shows how its parts are joined; operands without a value show nothing.
  const tells = node.reached || CONNECTIVES.has(kind);
  const children = tells ? node.children.map((child) => nodeTrace(child, print)) : [];
  const rest = { span, kind, children, ...(decidedBy === undefined ? {} : { decidedBy }) };
  if (!node.reached) return { ...rest, outcome: 'not-reached' };
  if (value !== undefined) return { ...rest, outcome: 'value', value: print(value) };
  return { ...rest, outcome: 'error', ...(error === undefined ? {} : { error: error.message }) };
}

/** Prints each record and set once, however often a trace mentions it. */
function printer(): Print {
  const known = new WeakMap<object, string>();
  return (value) => {
    if (typeof value !== 'object') return cut(printValue(value), LONGEST_VALUE);
    const longest = value instanceof CedarRecord ? LONGEST_RECORD : LONGEST_VALUE;
    const printed = known.get(value) ?? cut(printValue(value), longest);
    known.set(value, printed);
    return printed;
  };
}

function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}…`;
}
