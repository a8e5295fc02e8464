import { readdirSync, readFileSync, statSync } from 'node:fs';
import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import { describe, expect, test } from 'vitest';
import { authorize } from '../cedar/authorize.ts';
import { bareEntity } from '../cedar/entities.ts';
import type { Request } from '../cedar/request.ts';
import { entityUid } from '../cedar/value.ts';
import { readPack, type Pack } from '../pack/read.ts';
import { exportForAgentCore, type AgentCoreOptions } from './agentcore.ts';
import { questionsOf, recordJson } from './testing/other-engines.ts';
import { smallPack } from './testing/small-pack.ts';

const PACKS = new URL('../../policies/', import.meta.url);
const OPTIONS: AgentCoreOptions = {
  target: 'Tools',
  gateway: 'arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/g-1',
  environment: 'production',
  roleTag: 'role',
};

function examplePack(name: string): Pack {
  const root = new URL(`${name}/`, PACKS);
  const paths = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const files = paths.filter((path) => statSync(new URL(path, root)).isFile());
  return packOf(new Map(files.map((path) => [path, readFileSync(new URL(path, root), 'utf8')])));
}

function packOf(files: ReadonlyMap<string, string>): Pack {
  const { pack, problems } = readPack(files);
  if (pack === undefined) throw new Error(JSON.stringify(problems));
  return pack;
}

/** What the official validator finds in strict mode. */
function officialErrors({ policies, schema }: { policies: string; schema: string }) {
  const answer = cedar.validate({
    schema,
    policies: { staticPolicies: policies },
    validationSettings: { mode: 'strict' },
  });
  if (answer.type === 'failure') return answer.errors.map(({ message }) => message);
  return answer.validationErrors.map(({ policyId, error }) => `${policyId}: ${error.message}`);
}

describe.each(readdirSync(PACKS))('%s for AgentCore', (name) => {
  const pack = examplePack(name);
  const exported = exportForAgentCore(pack, OPTIONS);

  test('is valid in the strict mode of the official toolchain', () => {
    expect(officialErrors(exported)).toEqual([]);
  });

  test('holds every policy, or says why not', () => {
    const leftOut = exported.notes.filter(({ kind }) => kind === 'left-out');
    const missing = pack.rules
      .map(({ id }) => id)
      .filter((id) => !exported.policies.includes(`@id("${id}")`));
    expect(missing).toEqual(leftOut.map(({ policy }) => policy));
  });

  test('never allows what the pack does not: every tool of every scenario', () => {
    let compared = 0;
    let allowed = 0;
    const exports = new Map<string, string>();
    for (const asked of questionsOf(pack)) {
      for (const { request } of asked.tools) {
        const environment = request.resource.id;
        if (!pack.policies.schema.actions.has(request.action.toString())) continue;
        const policies =
          exports.get(environment) ??
          exportForAgentCore(pack, { ...OPTIONS, environment }).policies;
        exports.set(environment, policies);
        const there = decidedThere(policies, request, asked.role);
        const agent = bareEntity(
          request.principal,
          asked.role === undefined ? [] : [entityUid('Role', asked.role)],
        );
        const entities = pack.policies.entities.with([agent]);
        if (!entities.ok) throw new Error(entities.error[0]?.message);
        const here = authorize(pack.policies.policySet, request, entities.value).decision;
        expect([asked.id, there === 'allow' && here === 'deny']).toEqual([asked.id, false]);
        compared += 1;
        if (there === 'allow') allowed += 1;
      }
    }
    const count = (kind: string) => exported.notes.filter((note) => note.kind === kind).length;
    process.stdout.write(
      `agentcore, ${name}: ${compared} compared, ${allowed} allowed, ${count('stricter')} stricter, ${count('left-out')} left out\n`,
    );
    expect(compared).toBeGreaterThan(5);
  });

  test('names nothing of the pack’s own vocabulary', () => {
    const code = exported.policies.replaceAll(/^@.*$/gm, '');
    expect(code).not.toMatch(/(?<!AgentCore::)(?:Action|Role|Environment|Agent)::"/);
    expect(code.replaceAll('context.input', '')).not.toContain('context');
  });
});

/** The official engine's answer, with the caller's role as a tag and the facts as the tool's input. */
function decidedThere(policies: string, request: Request, role: string | undefined): string {
  const type = 'AgentCore::OAuthUser';
  const principal = { type, id: 'sub-1' };
  const action = { type: 'AgentCore::Action', id: `Tools___${request.action.id}` };
  const group = { type: 'AgentCore::Action', id: 'CallTool' };
  const answer = cedar.isAuthorized({
    principal,
    action,
    resource: { type: 'AgentCore::Gateway', id: OPTIONS.gateway },
    context: { input: recordJson(request.context) },
    policies: { staticPolicies: policies },
    entities: [
      {
        uid: principal,
        attrs: { id: 'sub-1' },
        parents: [],
        tags: role === undefined ? {} : { role },
      },
      { uid: action, attrs: {}, parents: [group] },
    ],
  });
  if (answer.type === 'failure') throw new Error(answer.errors[0]?.message);
  return answer.response.decision;
}

describe('what cannot be said', () => {
  const policies = `@id("open") permit (principal, action, resource);
@id("night") forbid (principal, action, resource) when { context.session.hour < 8 && context has actor_role };
@id("day") permit (principal, action, resource) when { context.session.hour > 8 };
@id("owner") permit (principal == Agent::"x", action, resource);
@id("elsewhere") forbid (principal, action, resource == Environment::"staging");
@id("not-here") forbid (principal, action, resource) unless { resource == Environment::"production" };
@id("plans") forbid (principal, action == Action::"plan", resource);`;
  const files = smallPack()
    .set('policies/door.cedar', policies)
    .set(
      'schema.cedarschema',
      (smallPack().get('schema.cedarschema') ?? '')
        .replace('session: {}', 'session: { hour: Long }')
        .replace(
          'entity Role',
          'action "open" in ["call_tool"] appliesTo { principal: Agent, resource: Environment, context: Facts };\nentity Role',
        ),
    );
  const exported = exportForAgentCore(packOf(files), OPTIONS);

  test('becomes what denies, and is listed with its policy', () => {
    const listed = exported.notes.filter(({ policy }) => policy !== undefined);
    expect(listed.map(({ kind, policy }) => `${policy}: ${kind}`)).toEqual([
      'night: stricter',
      'day: stricter',
      'owner: left-out',
      'elsewhere: left-out',
      'plans: left-out',
    ]);
    expect(exported.policies).toContain('when { true && context.input has actor_role }');
    expect(exported.policies).toContain('when { false }');
    expect(exported.policies).toContain('unless { true }');
    expect(officialErrors(exported)).toEqual([]);
  });

  test('a tool is an action of the target, in the group CallTool', () => {
    expect(exported.schema).toContain('action "Tools___open" in ["CallTool"]');
    expect(exported.schema).not.toContain('session');
  });
});
