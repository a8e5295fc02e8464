import type { Explained, ExplainedCondition, PolicyExplanation } from '../cedar/explain.ts';
import { CedarRecord, printValue, type Value } from '../cedar/value.ts';
import type { Words } from '../cedar/words.ts';
import type { ToolDecision } from '../decision/decide.ts';
import { clauseWords } from '../decision/rule-words.ts';
import { inputsOf, type Asked } from '../simulation/flow-inputs.ts';
import { missOf } from '../simulation/flow-miss.ts';
import type { ConditionTrace, PolicyTrace, TraceNode } from './trace-api.ts';
import type { RuleSource } from './open-pack.ts';

const LONGEST_VALUE = 400;
/** A whole context printed at each mention of `context` would dwarf the rest of the trace. */
const LONGEST_RECORD = 80;

/** Whose request was decided, for the words of conditions and the fields that they looked at. */
export interface TracedTool extends Asked {
  readonly tool: ToolDecision;
}

/**
 * Turns explanations into plain data for showing; `rules`: the pack's, by id. Policies whose scope leaves
 * the request out, most of a large pack, are told without their conditions.
 */
export function traceOf(
  explanations: readonly PolicyExplanation[],
  rules: ReadonlyMap<string, RuleSource>,
  traced: TracedTool,
): readonly PolicyTrace[] {
  const print = printer();
  return explanations.flatMap((explanation) => {
    const source = rules.get(explanation.policyId);
    if (source === undefined) return [];
    const { principal, action, resource } = explanation.scope;
    return principal && action && resource
      ? [wholeTrace(explanation, source, print, traced)]
      : [{ ...headOf(explanation, source), trimmed: true, text: '', conditions: [] }];
  });
}

/** One policy's trace with everything in it. */
export function ruleTraceOf(
  explanation: PolicyExplanation,
  source: RuleSource,
  traced: TracedTool,
): PolicyTrace {
  return wholeTrace(explanation, source, printer(), traced);
}

function wholeTrace(
  explanation: PolicyExplanation,
  source: RuleSource,
  print: Print,
  traced: TracedTool,
): PolicyTrace {
  const clauses = clauseWords(traced.policies, source.rule.id);
  const conditions = explanation.conditions.map((condition, index) =>
    conditionTrace(condition, print, { words: clauses[index]?.words, traced }),
  );
  const miss = missOf(explanation, clauses);
  return {
    ...headOf(explanation, source),
    text: source.text,
    conditions,
    ...(miss === undefined ? {} : { miss }),
  };
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

/** The words of a condition, whose tree is that of its expression, and where its values come from. */
interface Wording {
  readonly words: Words | undefined;
  readonly traced: TracedTool;
}

function conditionTrace(
  { kind, outcome, body }: ExplainedCondition,
  print: Print,
  wording: Wording,
): ConditionTrace {
  return {
    kind,
    outcome: typeof outcome === 'boolean' ? (outcome ? 'true' : 'false') : outcome,
    body: nodeTrace(body, print, wording),
  };
}

function saidOf({ words, traced }: Wording): Pick<TraceNode, 'words' | 'inputs'> {
  if (words === undefined) return {};
  if (words.kind !== 'leaf') return { words: words.text };
  const inputs = inputsOf(words.reads, traced, traced.tool).map(
    ({ field: _field, ...input }) => input,
  );
  return { words: words.text, inputs };
}

/** The recursion is as deep as the expression, whose depth the parser limits. */
function nodeTrace(node: Explained, print: Print, wording: Wording): TraceNode {
  const { span, kind, value, error, decidedBy } = node;
  // What was not reached shows how its parts are joined; operands without a value show nothing.
  const tells = node.reached || CONNECTIVES.has(kind);
  const { traced } = wording;
  const children = tells
    ? node.children.map((child, index) =>
        nodeTrace(child, print, { words: wording.words?.parts[index], traced }),
      )
    : [];
  const rest = {
    span,
    kind,
    children,
    ...(decidedBy === undefined ? {} : { decidedBy }),
    ...saidOf(wording),
  };
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
