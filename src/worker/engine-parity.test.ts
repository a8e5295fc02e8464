import { describe, expect, test, vi } from 'vitest';
import type { Result } from '../base/result.ts';
import { readPack } from '../pack/read.ts';
import { runScenario } from '../simulation/run.ts';
import { createLocalEngine } from './engine.ts';
import type { Engine, EngineFailure, EngineSnapshot } from './engine-api.ts';
import type { PolicyTrace } from './trace-api.ts';

// Every scenario of every pack is explained: on a busy machine that takes longer than a test may.
vi.setConfig({ testTimeout: 60_000 });

const texts = import.meta.glob<string>(
  ['../../policies/*/*.json', '../../policies/*/*.cedarschema', '../../policies/*/*/*'],
  { query: '?raw', import: 'default', eager: true },
);

/** The example packs, by name. */
export const examplePacks: ReadonlyMap<string, ReadonlyMap<string, string>> = readExamples();

function readExamples(): Map<string, Map<string, string>> {
  const packs = new Map<string, Map<string, string>>();
  for (const [path, text] of Object.entries(texts)) {
    const [pack = '', ...rest] = path.split('/').slice(3);
    packs.set(pack, (packs.get(pack) ?? new Map<string, string>()).set(rest.join('/'), text));
  }
  return packs;
}

export function must<T>(result: Result<T, EngineFailure>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`);
  return result.value;
}

/** A snapshot without what every run has of its own. */
export function lasting(snapshot: EngineSnapshot) {
  const { revision: _revision, durationMs: _duration, checksMs: _checks, ...rest } = snapshot;
  return rest;
}

function omitTrimmed({ trimmed: _trimmed, ...rest }: PolicyTrace): PolicyTrace {
  return rest;
}

/** What every engine must answer, whatever thread it runs in. */
export function engineSuite(where: string, engine: Engine): void {
  // The engine may know the pack from the test before.
  async function load(name: string, files: ReadonlyMap<string, string>): Promise<EngineSnapshot> {
    await engine.forget(name);
    return must(await engine.open(name, files));
  }

  describe.each([...examplePacks])(`${where}, pack %s`, (name, files) => {
    test('compiles, and every scenario passes', async () => {
      const snapshot = await load(name, files);
      expect(snapshot.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
      const { scenarios } = snapshot;
      expect(scenarios.filter(({ state }) => state !== 'pass')).toEqual([]);
      expect(scenarios.length).toBeGreaterThanOrEqual(12);
      expect(snapshot).toMatchObject({
        stale: false,
        complete: true,
        checksRun: scenarios.length,
      });
      expect(snapshot.rules.length).toBeGreaterThan(0);
    });

    test('explains each scenario with the record that a run of it gives', async () => {
      const { rules } = await load(name, files);
      const { pack } = readPack(files);
      expect(pack?.scenarios.length).toBeGreaterThan(0);
      for (const scenario of pack?.scenarios ?? []) {
        const { record } = pack === undefined ? {} : runScenario(pack, scenario);
        const explained = must(await engine.explain(name, { kind: 'scenario', id: scenario.id }));
        expect({ ...explained.record, request_id: '' }).toEqual({ ...record, request_id: '' });
        for (const tool of explained.tools) {
          expect(tool.policies.map(({ id }) => id)).toEqual(rules.map(({ id }) => id));
          for (const { path, span, scope, text, trimmed } of tool.policies) {
            const matches = scope.principal && scope.action && scope.resource;
            expect(trimmed).toBe(matches ? undefined : true);
            expect(text).toBe(matches ? files.get(path)?.slice(span.start, span.end) : '');
          }
        }
        const spoke = explained.tools.flatMap(({ policies }) =>
          policies.flatMap(({ id, outcome }) => (outcome === 'unsatisfied' ? [] : [id])),
        );
        const blamed = record?.issues.flatMap(({ details }) => details['policy'] ?? []) ?? [];
        expect(spoke).toEqual(expect.arrayContaining(blamed));
      }
    });

    test('explains any one rule whole, with what the whole explanation says of it', async () => {
      const { scenarios } = await load(name, files);
      const target = { kind: 'scenario', id: scenarios[0]?.id ?? '' } as const;
      const [tool] = must(await engine.explain(name, target)).tools;
      if (tool === undefined) throw new Error('no tool');
      expect(tool.policies.map(({ trimmed }) => trimmed)).toContain(true);
      for (const policy of tool.policies) {
        const { id, path, span, trimmed } = policy;
        const whole = must(await engine.explainRule(name, target, tool.tool, id));
        expect(whole.text).toBe(files.get(path)?.slice(span.start, span.end));
        expect(whole.trimmed).toBeUndefined();
        const { text, conditions } = trimmed === undefined ? whole : { text: '', conditions: [] };
        expect({ ...whole, text, conditions }).toEqual(omitTrimmed(policy));
        const unreached = trimmed === undefined ? [] : whole.conditions;
        expect(unreached.filter(({ outcome }) => outcome !== 'not-reached')).toEqual([]);
      }
      expect(await engine.explainRule(name, target, tool.tool, 'nobody')).toMatchObject({
        error: { code: 'RULE_UNKNOWN' },
      });
    });

    test('has nothing wrong with it but what hardly matters, and answers an editor', async () => {
      const { rules } = await load(name, files);
      const { problems } = must(await engine.problems(name));
      expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
      const [rule] = rules;
      if (rule === undefined) throw new Error('no rule');
      const outline = must(await engine.outline(name, rule.path));
      expect(outline.map((item) => item.name)).toEqual(
        rules.flatMap(({ id, path }) => (path === rule.path ? [id] : [])),
      );
      expect(must(await engine.tokens(name, rule.path)).length).toBeGreaterThan(0);
      const at = files.get(rule.path)?.indexOf(`"${rule.id}"`) ?? 0;
      expect(must(await engine.prepareRename(name, rule.path, at + 2)).name).toBe(rule.id);
      const { members, facts } = must(await engine.requestFields(name));
      expect(members.map((member) => member.name)).toContain('goal');
      expect(facts?.find((fact) => fact.name === 'actor_role')?.control).toBe('text');
    });

    test('checks a request’s text like the scenario that holds it', async () => {
      await load(name, files);
      for (const [path, text] of files) {
        if (!path.startsWith('scenarios/')) continue;
        const { request, at } = JSON.parse(text) as { request: unknown; at: string };
        const id = path.slice('scenarios/'.length, -'.json'.length);
        const saved = must(await engine.check(name, { kind: 'scenario', id }));
        const target = { kind: 'text', text: JSON.stringify(request) } as const;
        const typed = must(await engine.check(name, target, Date.parse(at)));
        expect(typed.record).toEqual(saved.record);
      }
    });

    test('keeps the verdicts, called stale, over a syntax error, and is itself again after', async () => {
      const before = await load(name, files);
      const path = before.rules[0]?.path ?? '';
      const text = files.get(path) ?? '';
      const broken = must(await engine.update(name, [{ path, text: `${text}\npermit (` }]));
      expect(broken.stale).toBe(true);
      expect(broken.problems).toContainEqual(expect.objectContaining({ path, severity: 'error' }));
      expect(broken.rules).toEqual(before.rules);
      expect(broken.scenarios).toEqual(before.scenarios.map((row) => ({ ...row, state: 'stale' })));
      const mended = must(await engine.update(name, [{ path, text }]));
      expect(lasting(mended)).toEqual(lasting(before));
    });
  });
}

// The browser's test imports the suite from here and runs it over a real worker.
if (!('window' in globalThis)) engineSuite('in this thread', createLocalEngine());
