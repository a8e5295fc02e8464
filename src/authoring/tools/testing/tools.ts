import * as official from '@cedar-policy/cedar-wasm/nodejs';
import { decide } from '../../../decision/decide.ts';
import { readPack, type Pack } from '../../../pack/read.ts';
import type { Scenario } from '../../../pack/scenario.ts';
import type { PackOfTools } from '../pack-from-tools.ts';
import type { McpTool } from '../tool-list.ts';

export const text = { type: 'string' };
export const whole = { type: 'integer' };

/** A tool that says nothing about itself. */
export function tool(name: string, properties: object, more: object = {}): McpTool {
  const inputSchema = { type: 'object', properties, ...more };
  return { name, description: `What ${name} does`, inputSchema, annotations: {} };
}

/** Everything that is wrong with a pack, by us, by official Cedar, and by its own scenarios. */
export function problemsOf({ files }: Pick<PackOfTools, 'files'>): readonly string[] {
  const { pack, problems } = readPack(files);
  const staticPolicies = [...files].flatMap(([path, policies]) =>
    path.endsWith('.cedar') ? [policies] : [],
  );
  const answer = official.validate({
    validationSettings: { mode: 'strict' },
    schema: files.get('schema.cedarschema') ?? '',
    policies: { staticPolicies: staticPolicies.join('\n') },
  });
  const found =
    answer.type === 'failure'
      ? answer.errors
      : [...answer.validationErrors, ...answer.validationWarnings, ...answer.otherWarnings];
  const scenarios = pack?.scenarios ?? [];
  return [
    ...problems.map(({ path, message }) => `${path}: ${message}`),
    ...found.map((one) => JSON.stringify(one)),
    ...scenarios.filter((one) => pack !== undefined && !passes(pack, one)).map(({ id }) => id),
    ...(scenarios.length > 0 ? [] : ['it has no scenario']),
  ];
}

function passes({ policies }: Pack, { run, expect }: Scenario): boolean {
  if (!run.ok || expect === undefined) return false;
  const { check, now } = run.value;
  const decision = decide(policies, check, { now, requestId: 'test' });
  if (!decision.ok) return false;
  const { verdict, issues } = decision.value.record;
  return (
    verdict === expect.verdict &&
    expect.issues.every((code) => issues.some((issue) => issue.code === code)) &&
    !issues.some(({ code }) => expect.without?.includes(code) === true)
  );
}
