/**
 * Bodies that real clients send, with the verdicts they count on, against the guard pack. The file is not
 * part of the repository: it is the one that STAGE0_SCENARIOS names, else `../shared/stage0/scenarios.json`
 * beside the checkout.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readCheck } from '../decision/check.ts';
import { decide } from '../decision/decide.ts';
import { readPack } from '../pack/read.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const file = process.env['STAGE0_SCENARIOS'] ?? `${root}../shared/stage0/scenarios.json`;

const Bodies = z.array(
  z.object({ id: z.string(), body: z.unknown(), expected: z.string().optional() }),
);
const bodies = existsSync(file) ? Bodies.parse(JSON.parse(readFileSync(file, 'utf8'))) : [];

function guard() {
  const folder = `${root}policies/guard`;
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.\w+$/.test(path),
  );
  const { pack, problems } = readPack(
    new Map(
      paths.map((path) => [path.replaceAll('\\', '/'), readFileSync(`${folder}/${path}`, 'utf8')]),
    ),
  );
  if (pack === undefined) throw new Error(JSON.stringify(problems));
  return pack.policies;
}

describe.runIf(bodies.length > 0)(`bodies of ${file}`, () => {
  const policies = guard();
  test.each(bodies)('$id: $expected', ({ body, expected = 'ALLOW|DENY|DEFER' }) => {
    const check = readCheck(body);
    const at = { now: Date.parse('2026-03-16T10:00:00Z'), requestId: 'client' };
    const decision = check.ok ? decide(policies, check.value, at) : check;
    const record = decision.ok ? decision.value.record : undefined;
    expect(decision).toMatchObject({ ok: true });
    expect(expected.split('|')).toContain(record?.verdict);
  });
});

// Without the file this one is listed as skipped, under a name that says so.
test.skipIf(bodies.length === 0)(
  `${file} is there (STAGE0_SCENARIOS may name another file)`,
  () => {
    expect(new Set(bodies.map(({ id }) => id)).size).toBe(bodies.length);
  },
);
