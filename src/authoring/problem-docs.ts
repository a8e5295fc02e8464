/**
 * What a problem's code means and what to do about it, for whoever meets it for the first time. Our lint's
 * rules bring their own; those of the pack's readers come in families; the official validator's are named
 * in `worker/toolchain-api.ts`.
 */
import { lintDoc } from './lint/registry.ts';
import type { Problem } from './problem.ts';

/** The doc text of a problem's code. */
export function problemDoc({ source, code }: Pick<Problem, 'source' | 'code'>): string {
  switch (source) {
    case 'lint':
      return lintDoc(code) ?? OTHERWISE;
    case 'official':
      return OFFICIAL.get(code) ?? OFFICIAL_OTHERWISE;
    case 'pack':
      return FAMILIES.find(([family]) => family.test(code))?.[1] ?? OTHERWISE;
  }
}

const OTHERWISE =
  'The file cannot be read as it stands. The message says what was found, and the place where.';

const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:JSON_|BAD_JSON|NULL_VALUE)/,
    'A JSON file of a pack is read strictly: no comments, no key twice, no null where nothing is meant, and numbers that keep their digits. What one reader would guess, another would guess differently.',
  ],
  [
    /^(?:METADATA_|VERSION_)/,
    'metadata.json names the pack and its version, a semantic one such as 1.4.0. A client that asks for another version is answered with an error, so both have to be readable.',
  ],
  [
    /^POLICY_ID_/,
    'The @id is the name that a rule has in records, lists and flips: every policy has one, in kebab-case, and no two have the same.',
  ],
  [
    /^(?:FILE_NOT_READ|FILE_MISSING)$/,
    'A pack is metadata.json, schema.cedarschema, stage0.json, policies/*.cedar, entities/*.json and scenarios/*.json. What lies elsewhere is kept and not read.',
  ],
  [
    /^(?:PATH_|FILE_TOO_|PACK_TOO_)/,
    'A pack may come from anywhere, so its names and sizes are bounded before anything in it is read: plain relative paths that are safe on every system, and files that a browser holds with ease.',
  ],
  [
    /^SCHEMA_/,
    'A check becomes a Cedar request in one fixed way: agents, roles, environments, an action for each tool, and a context with the derived fields. The schema has to declare what that way needs, or no request would fit it.',
  ],
  [
    /^(?:ENTITY|PARENT|ACTION_CYCLE|ENUM_ID|UNKNOWN_TYPE|UNKNOWN_ACTION|MISSING_ATTRIBUTE)/,
    'Entities are what the schema declares: each of a type that it knows, once, with the parents and attributes that it allows.',
  ],
  [
    /^(?:ANNOTATION_|VERDICT_|SEVERITY_|ISSUE_|RISK_|GUARDRAIL_)/,
    'Annotations carry what Cedar has no word for: verdict, issue, risk, guardrail. One that cannot be read would change a record unseen, so its values are checked.',
  ],
  [
    /^[a-z_]+$/,
    'This text is no Cedar. Other policies of the file are still checked, but while one of them does not parse the pack decides nothing new: the verdicts on the screen are those of the last text that did.',
  ],
];

const OFFICIAL_OTHERWISE =
  'The official Cedar validator says this of the policies and the schema together. Another engine that validates would refuse this pack.';

const OFFICIAL: ReadonlyMap<string, string> = new Map([
  [
    'unknown-entity-type',
    'The schema declares no entity type of this name: nothing of it can ever be asked about.',
  ],
  [
    'unknown-action',
    'The schema declares no such action. A tool that it does not know is in the group call_tool and nothing narrower.',
  ],
  [
    'unknown-entity-id',
    'The type lists all its entities, and this is none of them: the rule can never match.',
  ],
  [
    'unknown-attribute',
    'The schema gives this type no such attribute. Reading it would fail whenever the rule runs.',
  ],
  [
    'no-applicable-action',
    'No action of the schema applies to this principal and resource together, so no request can meet the scope.',
  ],
  [
    'impossible-policy',
    'Whatever is asked, this policy never applies: mostly a condition that excludes itself, or a scope that no action fits.',
  ],
  [
    'unexpected-type',
    'An operator or a method was given something of another type than it takes. It would fail whenever the rule runs.',
  ],
  ['incompatible-types', 'Two things that can never be of one type are compared or joined.'],
  [
    'optional-attribute',
    'The attribute may be absent, and reading it then fails: plain Cedar skips a forbid that fails. Ask with `has` before.',
  ],
  ['optional-tag', 'The tag may be absent, and reading it then fails. Ask with `hasTag` before.'],
  [
    'empty-set',
    'The type of an empty set cannot be told. Compare with isEmpty(), or put in what is meant.',
  ],
  [
    'literal-needed',
    'Strict validation wants extension values, such as decimal("1.50"), made from literals: whether they can be read is then known beforehand.',
  ],
  [
    'bad-literal',
    'The text inside is no value of this type, such as decimal("1.23456") with more than four places.',
  ],
  ['wrong-arity', 'The function or method takes another number of arguments.'],
  [
    'mixed-scripts',
    'Letters of several scripts stand in one name: they may look like another name. Make sure that each is meant.',
  ],
  [
    'bidi-characters',
    'Characters that turn the direction of writing make a text look like another one. Remove them.',
  ],
  [
    'confusable-characters',
    'A character looks like another one and is not it. Make sure that it is meant.',
  ],
  [
    'hierarchy',
    'What is in what does not fit: a type in itself, or a parent that it may not have.',
  ],
  ['schema', 'The schema itself cannot be read, so nothing can be validated against it.'],
  ['syntax', 'The official parser cannot read this text.'],
  [
    'too-deep',
    'The text nests so deeply that the official toolchain would not survive it, so it was not asked about this policy.',
  ],
]);
