/** The annotations of the decision contract, as completion and hover present them. */
export interface AnnotationWord {
  readonly name: string;
  readonly doc: string;
  /** On which rules it means something. */
  readonly on: 'any' | 'forbid';
  /** The only values it may have. */
  readonly values?: readonly { readonly value: string; readonly doc: string }[];
  /** What to insert as its value. */
  readonly example: string;
}

const RISK = '0 to 100; summed over all rules that apply, at most 100.';

export const ANNOTATIONS: readonly AnnotationWord[] = [
  {
    name: 'id',
    on: 'any',
    doc: 'Names the rule everywhere: in records, lists and links. Unique in the pack, kebab-case.',
    example: 'what-must-hold',
  },
  {
    name: 'verdict',
    on: 'forbid',
    doc: 'Makes this forbid defer instead of deny: the check waits for the evidence in `unless`.',
    values: [
      { value: 'DEFER', doc: 'Wait: an answer can still allow this.' },
      { value: 'DENY', doc: 'Refuse. The same as no @verdict.' },
    ],
    example: 'DEFER',
  },
  {
    name: 'issue',
    on: 'any',
    doc: 'The code of the issue that this rule adds to the record when it applies.',
    example: 'ISSUE_CODE',
  },
  {
    name: 'severity',
    on: 'any',
    doc: 'How grave the issue is. Without it: HIGH on a rule that denies, MEDIUM on one that defers, LOW on a permit. A permit has at most MEDIUM.',
    values: [
      { value: 'LOW', doc: 'Worth knowing.' },
      { value: 'MEDIUM', doc: 'Worth acting on; the most that a permit may have.' },
      { value: 'HIGH', doc: 'Must be settled.' },
      { value: 'CRITICAL', doc: 'Must not happen.' },
    ],
    example: 'HIGH',
  },
  {
    name: 'message',
    on: 'any',
    doc: 'What the issue says to a person: what is wrong, and what to do about it.',
    example: 'What is wrong. What to do about it.',
  },
  {
    name: 'question',
    on: 'any',
    doc: 'A question whose answer would settle this; one entry in `defer_questions`.',
    example: 'Who approved this?',
  },
  { name: 'risk', on: 'any', doc: `Adds to \`risk_score\`. ${RISK}`, example: '30' },
  { name: 'value_risk', on: 'any', doc: `Adds to \`value_risk\`. ${RISK}`, example: '30' },
  { name: 'waste_risk', on: 'any', doc: `Adds to \`waste_risk\`. ${RISK}`, example: '30' },
  {
    name: 'guardrail',
    on: 'any',
    doc: 'Named in `guardrails`; in `guardrail_checks` a forbid that applies makes it false, a permit true.',
    example: 'approval_required',
  },
];

export const ANNOTATION_WORDS: ReadonlyMap<string, AnnotationWord> = new Map(
  ANNOTATIONS.map((word) => [word.name, word]),
);

/** Issues that the engine itself adds, whatever the pack. */
export const ENGINE_ISSUES: ReadonlyMap<string, string> = new Map([
  ['NOT_PERMITTED', 'No permit applies.'],
  ['POLICY_ERROR', 'A forbid failed while it ran; that denies.'],
  ['RISK_THRESHOLD_EXCEEDED', 'The risk reaches the threshold of the pack.'],
  ['CONTEXT_MALFORMED', 'A fact was sent that cannot be read.'],
  ['CONTEXT_DOUBTED', 'A counter of a run that went backwards, or is not known.'],
  ['CONTEXT_MISSING', 'A fact that the schema requires was not sent.'],
  ['CONSTRAINT_MALFORMED', 'A constraint was sent that cannot be read.'],
]);

/** Fields of the context that the engine derives; no client sends them. */
export const DERIVED_FIELDS: ReadonlySet<string> = new Set([
  'goal',
  'success_criteria',
  'constraints',
  'tools',
  'side_effects',
  'limits',
  'session',
]);

/** Facts that the engine itself reads, whether a rule does or not. */
export const ENGINE_FACTS: ReadonlySet<string> = new Set([
  'actor_role',
  'user_role',
  'agent_name',
  'environment',
  'current_tool',
  'recent_tools',
]);
