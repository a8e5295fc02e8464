/**
 * What things are called in plain words. Everything has a name without a lexicon; one that knows the
 * policies' world says "the agent" for `principal` and "the time of the check" for
 * `context.session.now`. Its phrases must start with "the": no other name does, so no phrase can be
 * mistaken for a field of that name.
 */
import type { Effect, VariableName } from './ast.ts';

export interface Lexicon {
  readonly variables: Readonly<Record<VariableName, string>>;
  /** What one of them is, in a rule's sentence: "any agent". */
  readonly nouns: Readonly<Record<'principal' | 'action' | 'resource', string>>;
  readonly verbs: Readonly<Record<Effect, string>>;
  /** Words for entity types (`Role`: "role") where one is named. */
  readonly types: ReadonlyMap<string, string>;
  /** The same where something belongs to it (`Action`: "group"). */
  readonly groups: ReadonlyMap<string, string>;
  /** Fields of the context with a phrase of their own, by path: `session.now`. */
  readonly fields: ReadonlyMap<string, FieldPhrase>;
  /** Records of the context whose fields are called after it (`limits`: "the limit"). */
  readonly records: ReadonlyMap<string, string>;
}

export interface FieldPhrase {
  readonly text: string;
  /** `now`: durations are measured from it, as in "8 hours ago". `time`: a moment. */
  readonly is?: 'now' | 'time';
  /** What a number means there, put behind it: `540` is "09:00". */
  readonly explain?: (value: number) => string | undefined;
}

/** Cedar's own names, for policies of any world. */
export const CEDAR_LEXICON: Lexicon = {
  variables: {
    principal: 'the principal',
    action: 'the action',
    resource: 'the resource',
    context: 'the context',
  },
  nouns: { principal: 'principal', action: 'action', resource: 'resource' },
  verbs: { permit: 'Permits', forbid: 'Forbids' },
  types: new Map(),
  groups: new Map(),
  fields: new Map(),
  records: new Map(),
};
