/** What the test vectors consist of, beside the bundles themselves. */
import { z } from '../../decision/zod.ts';
import { Decisions } from '../decisions.ts';
import { Envelope } from '../dsse.ts';
import { TestResult } from '../evidence.ts';
import { Manifest } from '../manifest.ts';
import { StateFile } from '../state.ts';
import { Statement } from '../statement.ts';
import { TrustFile } from '../trust.ts';
import { NOW, trusting, type Case } from './case.ts';

/** SHA-256 of the first vector: one pack, one key, one time, in every runtime. */
export const FIRST_VECTOR = '9f9573712df65fb1ed7cdcec13062533268fbf098a3e1bc4b52bc8f9cbbf6301';

/** The shapes of the files, as JSON Schema 2020-12. Rules that relate fields to each other are in FORMAT.md. */
export const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  bundle: Manifest,
  decisions: Decisions,
  envelope: Envelope,
  statement: Statement,
  state: StateFile,
  'test-result': TestResult,
  trust: TrustFile,
};

/** A shape as the text of its schema file. */
export function schemaText(name: string, shape: z.ZodType): string {
  const schema = z.toJSONSchema(shape, { io: 'input', unrepresentable: 'any' });
  const { $schema, ...rest } = schema;
  return `${JSON.stringify({ $schema, title: name, ...rest }, undefined, 2)}\n`;
}

/** The file of a case. */
export function vectorFile({ name, code }: Case): string {
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
  return `${code ?? 'ok'}-${slug}.cjar`;
}

/** A case as the index lists it: what to verify it with, and what to answer. */
export function vectorEntry(one: Case) {
  const { name, code = null, trust = trusting('alice'), options = {} } = one;
  const { now = NOW, audience = null, name: wanted = null, state = null } = options;
  return { name, file: vectorFile(one), code, trust, now, audience, wanted, state };
}

/** The index's text. */
export function vectorIndex(cases: readonly Case[]): string {
  return `${JSON.stringify(cases.map(vectorEntry), undefined, 1)}\n`;
}
