/**
 * What has to hold of the engine whatever it is given, as data: tests check each some hundred times, and
 * `npm run fuzz` as often as there is time for.
 */
import fc from 'fast-check';
import { authorize } from '../authorize.ts';
import { buildEntities } from '../entities.ts';
import { explain } from '../explain.ts';
import { readEntities } from '../json/entities.ts';
import { readFact } from '../json/fact.ts';
import { parseJson } from '../json/lossless.ts';
import { readContext, readEntityUid, readValue } from '../json/value.ts';
import { parsePolicies } from '../parse.ts';
import { policyToJson } from '../policy-json.ts';
import { printPolicy } from '../print.ts';
import type { RecordType, Schema } from '../schema/model.ts';
import { readSchemaJson } from '../schema/read-json.ts';
import { readSchema } from '../schema/resolve.ts';
import { unspanned } from './form.ts';
import { cases, policyText, type Case } from './generate.ts';
import { anySchemaText, calls, entityLists, SCHEMA, spoiltSchemaText } from './generate-schema.ts';
import { compareEntities, compareRequest, compareSchema } from './official-schema.ts';
import { officialAnswers, ourAnswers, prepare } from './official.ts';

export interface Property {
  readonly name: string;
  /** Checks this many cases; why it does not hold, with the smallest case found, if it does not. */
  readonly check: (parameters: { readonly seed: number; readonly numRuns: number }) => Checked;
}

export interface Checked {
  /** How much was compared: requests of the cases, or cases. */
  readonly compared: number;
  readonly failure?: string;
}

/** A property of generated values; `holds` throws, or says how much it compared. */
function property<T>(
  name: string,
  values: fc.Arbitrary<T>,
  holds: (value: T) => number,
  show: (value: T) => string,
): Property {
  return {
    name,
    check: ({ seed, numRuns }) => {
      let compared = 0;
      const details = fc.check(
        fc.property(values, (value) => {
          compared += holds(value);
        }),
        { seed, numRuns },
      );
      if (!details.failed) return { compared };
      const smallest = details.counterexample === null ? '' : show(details.counterexample[0]);
      const path = `seed ${seed}, path ${details.counterexamplePath}`;
      return { compared, failure: `${path}\n${String(details.errorInstance)}\n${smallest}` };
    },
  };
}

function agree(ours: unknown, theirs: unknown): void {
  const [a, b] = [JSON.stringify(ours), JSON.stringify(theirs)];
  if (a !== b) throw new Error(`ours     ${a}\nofficial ${b}`);
}

function showCase({ policies, entities, requests }: Case): string {
  const json = (value: unknown): string => JSON.stringify(value);
  return [...policies, ...entities.map(json), ...requests.map(json)].join('\n');
}

function decidesAsOfficial(input: Case): number {
  agree(ourAnswers(input), officialAnswers(input));
  return input.requests.length;
}

/** The explanation finds what the decision found, policy by policy. */
function explainsAsDecided(input: Case): number {
  const { set, entities, requests } = prepare(input);
  for (const request of requests) {
    const explained = explain(set, request, entities);
    const satisfied = explained.filter(({ outcome }) => outcome === 'satisfied');
    const effect = satisfied.some((policy) => policy.effect === 'forbid') ? 'forbid' : 'permit';
    const determining = satisfied.filter((policy) => policy.effect === effect);
    const decision = effect === 'permit' && satisfied.length > 0 ? 'allow' : 'deny';
    const reasons = determining.map(({ policyId }) => policyId);
    const errors = explained.flatMap(({ error }) => error ?? []);
    agree(authorize(set, request, entities), { decision, reasons, errors });
  }
  return requests.length;
}

// ---------------------------------------------------------------- hostile text

const PIECES =
  '{ } [ ] ( ) , ; : :: . < = ? @ && || ! - * + " \\ \\u{ // 1 é 😀 \ud800 \0 __extn'.split(' ');

/** Texts of one kind with pieces cut out and put in, and now and then no such text at all. */
function hostile(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const piece = fc.oneof(
    fc.constantFrom('', ...PIECES),
    fc.string({ unit: 'binary', maxLength: 3 }),
  );
  const mutated = fc
    .tuple(texts, fc.array(fc.tuple(fc.nat(), fc.nat(6), piece), { maxLength: 5 }))
    .map(([text, edits]) =>
      edits.reduce((edited, [at, size, put]) => {
        const start = at % (edited.length + 1);
        return edited.slice(0, start) + put + edited.slice(start + size);
      }, text),
    );
  const noise = fc.string({ unit: 'binary', maxLength: 300 });
  const tokens = fc
    .array(
      fc.constantFrom(...PIECES, 'in', 'if', 'then', 'else', 'has', 'is', 'like', 'permit', 'a'),
    )
    .map((all) => all.join(' '));
  return fc.oneof({ weight: 6, arbitrary: mutated }, noise, tokens);
}

interface Placed {
  readonly span: { readonly start: number; readonly end: number };
}

/** Problems lie in the text. */
function lieIn(text: string, problems: readonly Placed[]): void {
  for (const { span } of problems) {
    if (span.start >= 0 && span.start <= span.end && span.end <= text.length) continue;
    throw new Error(`${JSON.stringify(span)} is not in a text of ${text.length}`);
  }
}

/** What parses survives printing; what does not is refused in its place. */
function parses(text: string): number {
  const { policies, errors } = parsePolicies(text);
  lieIn(text, errors);
  for (const policy of policies) {
    policyToJson(policy);
    const [again] = parsePolicies(printPolicy(policy)).policies;
    agree(bigintsAsText(unspanned(again)), bigintsAsText(unspanned(policy)));
  }
  return 1;
}

function bigintsAsText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'bigint' ? `${part}n` : part,
  );
}

function readsSchema(text: string): number {
  const schema = readSchema(text);
  if (!schema.ok) lieIn(text, schema.error);
  return 1;
}

/** Whatever the text, each reader of JSON says yes or no. */
function readsJson(schema: Schema, text: string): number {
  const context = schema.actions.get('Action::"view"')?.appliesTo?.context;
  const json = parseJson(text);
  readSchemaJson(text);
  if (!json.ok) return 1;
  for (const known of [schema, undefined]) {
    const entities = readEntities(json.value, known);
    if (entities.ok) buildEntities(entities.value);
  }
  for (const type of [context, undefined]) {
    readContext(json.value, type);
    readValue(json.value, type);
  }
  if (context !== undefined) readFacts(json.value, context);
  readEntityUid(json.value);
  return 1;
}

function readFacts(json: Parameters<typeof readFact>[0], { attributes }: RecordType): void {
  for (const { type } of attributes.values()) readFact(json, type);
}

/** The schema that entities and requests are generated for. */
function knownSchema(): Schema {
  const schema = readSchema(SCHEMA);
  if (!schema.ok) throw new Error(JSON.stringify(schema.error));
  return schema.value;
}

const asText = (value: unknown): string => JSON.stringify(value) ?? '';
const itself = (text: string): string => JSON.stringify(text);

/** Every property; `schema` and `json` count cases. */
export function properties(): readonly Property[] {
  const schema = knownSchema();
  const once = (compare: () => unknown): number => {
    compare();
    return 1;
  };
  return [
    property('decisions as official Cedar', cases(), decidesAsOfficial, showCase),
    property('explanations as decisions', cases(), explainsAsDecided, showCase),
    property(
      'schemas as official Cedar',
      anySchemaText,
      (text) => once(() => compareSchema(text)),
      (text) => text,
    ),
    property(
      'spoilt schemas as official Cedar',
      spoiltSchemaText,
      (text) => once(() => compareSchema(text)),
      (text) => text,
    ),
    property(
      'entities as official Cedar',
      entityLists,
      (list) => once(() => compareEntities(schema, SCHEMA, list)),
      asText,
    ),
    property(
      'requests as official Cedar',
      calls,
      (call) => once(() => compareRequest(schema, SCHEMA, call)),
      asText,
    ),
    property('hostile policies', hostile(policyText), parses, itself),
    property('hostile schemas', hostile(anySchemaText), readsSchema, itself),
    property(
      'hostile JSON',
      hostile(fc.oneof(entityLists, calls, fc.jsonValue()).map(asText)),
      (text) => readsJson(schema, text),
      itself,
    ),
  ];
}
