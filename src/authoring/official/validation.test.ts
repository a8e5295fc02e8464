import * as official from '@cedar-policy/cedar-wasm/nodejs';
import { describe, expect, test } from 'vitest';
import { readPack } from '../../pack/read.ts';
import { LanguageService } from '../service.ts';
import { packFiles, packModel } from '../testing/pack.ts';
import { officialProblems, officialRequest, type OfficialCall } from './validation.ts';

/** Asks the official validator, as the worker does. */
function validate(call: OfficialCall) {
  return official.validate(structuredClone(call));
}

function ask(changes: Readonly<Record<string, string | undefined>>) {
  const model = packModel(changes);
  const request = officialRequest(model);
  if (request === undefined) throw new Error('no request');
  const problems = officialProblems(request, validate(request.call));
  return problems.map(({ path, span, severity, message }) => ({
    path,
    severity,
    message,
    text: model.files.get(path)?.slice(span?.start, span?.end),
  }));
}

describe('the border to the official validator', () => {
  test('a pack as it should be', () => {
    expect(ask({})).toEqual([]);
  });

  test('places are right behind any characters', () => {
    const text = `// 😀 — ß 中\n@id("x") @message("é😀")\nforbid (principal, action, resource)\nwhen { "😀—" != context.goal && context.gaol };`;
    expect(ask({ 'policies/new.cedar': text })).toMatchObject([
      { path: 'policies/new.cedar', severity: 'error', text: 'context.gaol' },
    ]);
  });

  test('messages lose the key of the policy, and help follows', () => {
    const text =
      '@id("x") forbid (principal, action, resource) when { context.approved_by == "" };';
    const [problem] = ask({ 'policies/new.cedar': text });
    expect(problem?.message).toMatch(/^Unable to guarantee safety of access.*; try testing/);
    expect(problem?.message).not.toContain('new.cedar');
  });

  test('a policy that does not parse does not silence the others', () => {
    const text =
      'permit (principal, action\n;\npermit (principal is Role, action == Action::"plan", resource);';
    expect(ask({ 'policies/new.cedar': text })).toMatchObject([
      {
        severity: 'warning',
        text: 'permit (principal is Role, action == Action::"plan", resource);',
      },
      { severity: 'warning' },
    ]);
  });

  test('templates are asked about too', () => {
    const text = 'permit (principal == ?principal, action, resource) when { context.gaol };';
    expect(ask({ 'policies/new.cedar': text })).toMatchObject([{ text: 'context.gaol' }]);
  });

  test('what would kill the wasm is left out', () => {
    const nested = `permit (principal, action, resource) when { ${'!('.repeat(110)}true${')'.repeat(110)} };`;
    const chain = `permit (principal, action, resource) when { ${Array(300).fill('true').join(' && ')} };`;
    const request = officialRequest(packModel({ 'policies/new.cedar': `${nested}\n${chain}` }));
    expect(Object.keys(request?.call.policies.staticPolicies ?? {})).toEqual([
      'policies/rules.cedar#0',
      'policies/rules.cedar#1',
      'policies/rules.cedar#2',
    ]);
  });

  test('a schema that does not read is not asked about', () => {
    expect(officialRequest(packModel({ 'schema.cedarschema': 'entity ;' }))).toBeUndefined();
    expect(officialRequest(packModel({ 'schema.cedarschema': undefined }))).toBeUndefined();
  });
});

describe('all problems together', () => {
  const bad =
    '@id("x")\n@verdict("DEFFER")\nforbid (principal, action, resource) when { context.approved_by == "" };';

  function serviceWith(text: string) {
    const files = packFiles({ 'policies/new.cedar': text });
    const service = new LanguageService();
    service.update(files);
    const request = service.officialRequest();
    if (request === undefined) throw new Error('no request');
    return { service, files, request, pack: readPack(files).problems };
  }

  test('each thing is said once', () => {
    const { service, request, pack } = serviceWith(bad);
    const before = service.problems(pack);
    service.takeOfficial(request, validate(request.call));
    expect(service.problems(pack)).toEqual(before);
    expect(
      before.filter(({ path }) => path === 'policies/new.cedar').map(({ code }) => code),
    ).toEqual(
      ['annotation-value', 'forbid-without-issue', 'forbid-can-error'].toSorted(
        (a, b) => before.findIndex((p) => p.code === a) - before.findIndex((p) => p.code === b),
      ),
    );
    expect(before.map(({ code }) => code)).not.toContain('VERDICT_UNKNOWN');
  });

  test('what follows from an unknown name is not said on top', () => {
    const text = '@id("x")\npermit (principal, action == Action::"none", resource);';
    const { service, request, pack } = serviceWith(text);
    service.takeOfficial(request, validate(request.call));
    const found = service.problems(pack).filter(({ path }) => path === 'policies/new.cedar');
    expect(found.map(({ code }) => code)).toEqual(['type-error']);
  });

  test('what only the validator knows is kept while the file stands', () => {
    const mixed = '@id("x")\npermit (principal == Agent::"аy", action, resource);';
    const { service, request, pack, files } = serviceWith(mixed);
    service.takeOfficial(request, validate(request.call));
    const theirs = () => service.problems(pack).filter(({ source }) => source === 'official');
    expect(theirs()).toMatchObject([{ severity: 'warning', path: 'policies/new.cedar' }]);
    service.update(new Map([...files, ['policies/rules.cedar', '']]));
    expect(theirs()).toHaveLength(1);
    service.update(new Map([...files, ['policies/new.cedar', `${mixed} `]]));
    expect(theirs()).toEqual([]);
  });

  test('problems of the pack without a rule of ours stay', () => {
    const { service, pack } = serviceWith('permit (');
    const found = service.problems(pack);
    expect(found).toContainEqual(
      expect.objectContaining({ source: 'pack', code: 'unexpected_end' }),
    );
  });
});
