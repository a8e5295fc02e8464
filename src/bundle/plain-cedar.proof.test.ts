import { readdirSync, readFileSync, statSync } from 'node:fs';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { expect, test, vi } from 'vitest';
import { authorize } from '../cedar/authorize.ts';
import { CALL_TOOL, ROLE } from '../decision/policies.ts';
import { decide } from '../decision/decide.ts';
import { readPack, type Pack } from '../pack/read.ts';
import { plainForm } from './plain-cedar.ts';

vi.setConfig({ testTimeout: 120_000 });

const PACKS = new URL('../../policies/', import.meta.url);

function readPacks(name: string) {
  const root = new URL(`${name}/`, PACKS);
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const plainFiles = paths.filter((path) => statSync(new URL(path, root)).isFile());
  const files = new Map(
    plainFiles.map((path) => [path, readFileSync(new URL(path, root), 'utf8')]),
  );
  const own = readPack(files).pack;
  if (own === undefined) throw new Error('The pack cannot decide');
  const said = plainForm(files, own);
  if (!said.ok) throw new Error(JSON.stringify(said.error));
  const others = new Map([...files, ...said.value]);
  const plain = readPack(others).pack;
  if (plain === undefined) throw new Error('The pack in plain Cedar cannot decide');
  return { own, plain, files: others };
}

test.each(readdirSync(PACKS))('%s: the official validator has nothing against it', (name) => {
  const { files } = readPacks(name);
  const texts = [...files].filter(([path]) => /^policies\/.*\.cedar$/.test(path));
  const answer = cedar.validate({
    schema: files.get('schema.cedarschema') ?? '',
    policies: { staticPolicies: texts.map(([, text]) => text).join('\n') },
    validationSettings: { mode: 'strict' },
  });
  expect(answer).toMatchObject({ type: 'success', validationErrors: [] });
});

test.each(readdirSync(PACKS))(
  '%s: whoever asks, an engine that knows no roles allows what this one allows',
  (name) => {
    const { own, plain } = readPacks(name);
    const roles = [...own.policies.entities].flatMap(({ uid }) =>
      uid.type === ROLE ? [uid.id] : [],
    );
    let allowed = 0;
    for (const [turn, scenario] of own.scenarios.entries()) {
      if (!scenario.run.ok) continue;
      const { check, now } = scenario.run.value;
      for (const [index, role] of [...roles, 'nobody', ' ', ''].entries()) {
        // Each role meets every third scenario.
        if ((index + turn) % 3 !== 0) continue;
        const field = index % 2 === 0 ? 'actor_role' : 'user_role';
        const asked = { ...check, context: new Map([...check.context, [field, role]]) };
        const expected = verdictOf(own, asked, now) === 'ALLOW';
        const found = ofPlainEngine(plain, asked, now);
        expect([scenario.id, field, role, found]).toEqual([scenario.id, field, role, expected]);
        if (found) allowed += 1;
      }
    }
    expect(allowed).toBeGreaterThan(own.scenarios.length / 5);
  },
);

type Check = Parameters<typeof decide>[1];

function verdictOf({ policies }: Pack, check: Check, now: number): string | undefined {
  const decided = decide(policies, check, { now, requestId: 'r' });
  return decided.ok ? decided.value.record.verdict : undefined;
}

/** The principal without its role, and an error is a denial: as README says. */
function ofPlainEngine({ policies }: Pack, check: Check, now: number): boolean {
  const decided = decide(policies, check, { now, requestId: 'r' });
  if (!decided.ok) return false;
  return decided.value.tools.every(({ request }) => {
    const declared = policies.schema.actions.has(request.action.toString());
    const asked = declared ? request : { ...request, action: CALL_TOOL };
    const answer = authorize(policies.policySet, asked, policies.entities);
    return answer.decision === 'allow' && answer.errors.length === 0;
  });
}
