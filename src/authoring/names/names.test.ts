import { describe, expect, test } from 'vitest';
import { readPack } from '../../pack/read.ts';
import { applyEdits } from '../apply.ts';
import { ModelBuilder } from '../model.ts';
import { packFiles, packModel, RULES, SCENARIO } from '../testing/pack.ts';
import { definition, references } from './find.ts';
import { prepareRename, rename } from './rename.ts';

const RULES_FILE = 'policies/rules.cedar';
const SCHEMA_FILE = 'schema.cedarschema';

/** The offset in the middle of the `nth` occurrence of a text in a file. */
function place(path: string, text: string, nth = 0, files = packFiles()): number {
  const whole = files.get(path) ?? '';
  let at = whole.indexOf(text);
  for (let count = 0; count < nth; count += 1) at = whole.indexOf(text, at + 1);
  if (at < 0) throw new Error(`no ${text} in ${path}`);
  return at + Math.floor(text.length / 2);
}

function textsAt(locations: readonly { path: string; span: { start: number; end: number } }[]) {
  const files = packFiles();
  return locations.map(
    ({ path, span }) => `${path}: ${files.get(path)?.slice(span.start, span.end)}`,
  );
}

describe('definition', () => {
  const model = packModel();
  test.each([
    ['attribute', RULES_FILE, 'context.appro▮ved_by !=', `${SCHEMA_FILE}: approved_by`],
    ['attribute behind has', RULES_FILE, 'has approval▮_status', `${SCHEMA_FILE}: approval_status`],
    ['nested attribute', RULES_FILE, 'has max▮_records', `${SCHEMA_FILE}: max_records`],
    ['action', RULES_FILE, 'Action::"pay▮out"', `${SCHEMA_FILE}: "payout"`],
    ['role', RULES_FILE, 'Role::"oper▮ator"', 'entities/roles.json: "operator"'],
    ['entity type', RULES_FILE, 'Ro▮le::"operator"', `${SCHEMA_FILE}: Role`],
    ['tool of a scenario', 'scenarios/payout.json', '["pay▮out"]', `${SCHEMA_FILE}: "payout"`],
    ['fact', 'scenarios/payout.json', '"appro▮val_status"', `${SCHEMA_FILE}: approval_status`],
    [
      'role of a scenario',
      'scenarios/payout.json',
      '"oper▮ator"',
      'entities/roles.json: "operator"',
    ],
    [
      'parent',
      'entities/roles.json',
      '[{ "type": "Role", "id": "op▮',
      'entities/roles.json: "operator"',
    ],
    ['common type', SCHEMA_FILE, 'limits: Lim▮its', `${SCHEMA_FILE}: Limits`],
    ['tool of the settings', 'stage0.json', '"pay▮out"', `${SCHEMA_FILE}: "payout"`],
  ])('%s', (_, path, marked, wanted) => {
    const start = packFiles().get(path)?.indexOf(marked.replace('▮', '')) ?? -1;
    expect(start).toBeGreaterThanOrEqual(0);
    expect(textsAt(definition(model, path, start + marked.indexOf('▮')))).toEqual([wanted]);
  });

  test('nothing where nothing is named', () => {
    expect(definition(model, RULES_FILE, place(RULES_FILE, 'when'))).toEqual([]);
    expect(definition(model, 'no/such.file', 3)).toEqual([]);
  });
});

test('references reach every file', () => {
  const found = textsAt(
    references(packModel(), SCHEMA_FILE, place(SCHEMA_FILE, 'approval_status?')),
  );
  expect(found).toEqual([
    `${RULES_FILE}: approval_status`,
    `${RULES_FILE}: approval_status`,
    'scenarios/payout.json: "approval_status"',
    `${SCHEMA_FILE}: approval_status`,
  ]);
});

describe('rename', () => {
  function renamed(path: string, text: string, name: string, nth = 0) {
    const files = packFiles();
    const result = rename(new ModelBuilder().build(files), path, place(path, text, nth), name);
    if (!result.ok) throw new Error(result.error.message);
    const changed = applyEdits(files, result.value);
    expect(readPack(changed).problems.filter(({ severity }) => severity === 'error')).toEqual([]);
    return { paths: [...new Set(result.value.map((edit) => edit.path))], changed };
  }

  test('an attribute, in policies, schema and scenarios', () => {
    const { paths, changed } = renamed(RULES_FILE, 'approval_status', 'sign_off');
    expect(paths).toEqual([RULES_FILE, 'scenarios/payout.json', SCHEMA_FILE]);
    for (const text of changed.values()) expect(text).not.toContain('approval_status');
    expect(changed.get(RULES_FILE)).toContain(
      'context has sign_off && context.sign_off == "approved"',
    );
    expect(changed.get('scenarios/payout.json')).toContain('"sign_off": "pending"');
  });

  test('an action, in settings too', () => {
    const { paths, changed } = renamed(SCHEMA_FILE, '"payout"', 'payments.pay');
    expect(paths).toEqual([RULES_FILE, 'scenarios/payout.json', SCHEMA_FILE, 'stage0.json']);
    expect(changed.get(RULES_FILE)).toContain('action == Action::"payments.pay"');
    expect(changed.get(SCHEMA_FILE)).toContain('action "payments.pay", "refund"');
  });

  test('a group of actions', () => {
    const { changed } = renamed(RULES_FILE, '"move_money"', 'money');
    expect(changed.get(SCHEMA_FILE)).toContain('action "payout", "refund" in ["money"]');
  });

  test('a role, with what needs escapes', () => {
    const { paths, changed } = renamed(RULES_FILE, '"operator"', 'the "boss"');
    expect(paths).toEqual(['entities/roles.json', RULES_FILE, 'scenarios/payout.json']);
    expect(changed.get(RULES_FILE)).toContain(String.raw`Role::"the \"boss\""`);
    expect(changed.get('entities/roles.json')).toContain(String.raw`"id": "the \"boss\""`);
    expect(changed.get('scenarios/payout.json')).toContain(
      String.raw`"actor_role": "the \"boss\""`,
    );
  });

  test('a rule', () => {
    const { changed } = renamed(RULES_FILE, 'limits-hold', 'records-are-few');
    expect(changed.get(RULES_FILE)).toContain('@id("records-are-few")');
  });

  test('an entity type, in JSON too', () => {
    const files = packFiles({
      'schema.cedarschema': `${packFiles().get(SCHEMA_FILE)}entity Ghost;\nentity Host = { ghost?: Ghost };\n`,
      'entities/ghosts.json':
        '[{ "uid": { "type": "Ghost", "id": "g" }, "attrs": {}, "parents": [] }]',
      'policies/ghosts.cedar':
        '@id("g")\n@issue("G")\nforbid (principal, action, resource) when { principal is Ghost || principal == Ghost::"g" };',
    });
    const model = new ModelBuilder().build(files);
    const result = rename(model, SCHEMA_FILE, place(SCHEMA_FILE, 'Ghost;', 0, files) - 1, 'Spirit');
    if (!result.ok) throw new Error(result.error.message);
    const changed = applyEdits(files, result.value);
    expect(changed.get('policies/ghosts.cedar')).toContain(
      'principal is Spirit || principal == Spirit::"g"',
    );
    expect(changed.get('entities/ghosts.json')).toContain('"type": "Spirit"');
    expect(changed.get(SCHEMA_FILE)).toContain('ghost?: Spirit');
  });

  test('to the same name is no change', () => {
    const model = packModel();
    expect(rename(model, RULES_FILE, place(RULES_FILE, 'limits-hold'), 'limits-hold')).toEqual({
      ok: true,
      value: [],
    });
  });

  test.each([
    ['nothing there', RULES_FILE, 'forbid', 'x', 'NOTHING_TO_RENAME'],
    ['a type of the engine', RULES_FILE, 'Role', 'Rank', 'NAME_FIXED'],
    ['an action of the engine', SCHEMA_FILE, '"call_tool"', 'tool', 'NAME_FIXED'],
    ['a derived field', RULES_FILE, 'side_effects', 'effects', 'NAME_FIXED'],
    ['a limit', RULES_FILE, 'max_records', 'most_records', 'NAME_FIXED'],
    ['a field of the session', SCHEMA_FILE, 'weekday', 'day', 'NAME_FIXED'],
    ['an attribute that is taken', RULES_FILE, 'approved_by', 'approved_at', 'NAME_TAKEN'],
    ['an attribute with a word of the language', RULES_FILE, 'approved_by', 'has', 'NAME_INVALID'],
    ['an attribute with spaces', RULES_FILE, 'approved_by', 'approved by', 'NAME_INVALID'],
    ['a rule in camel case', RULES_FILE, 'limits-hold', 'limitsHold', 'NAME_INVALID'],
    ['a rule that is taken', RULES_FILE, 'limits-hold', 'operators-may-pay', 'NAME_TAKEN'],
    ['a role that is taken', RULES_FILE, '"operator"', 'treasurer', 'NAME_TAKEN'],
    ['a role without a name', RULES_FILE, '"operator"', ' ', 'NAME_INVALID'],
    ['an action that is taken', RULES_FILE, '"payout"', 'refund', 'NAME_TAKEN'],
  ])('refuses %s', (_, path, text, name, code) => {
    const result = rename(packModel(), path, place(path, text), name);
    expect(result).toMatchObject({ ok: false, error: { code } });
  });

  test.each([
    ['policies', { 'policies/broken.cedar': 'permit (' }],
    ['schema', { 'schema.cedarschema': 'entity ;' }],
    ['scenario', { 'scenarios/broken.json': SCENARIO.slice(0, -20) }],
  ])('refuses while a file of the %s is broken', (_, changes) => {
    const result = prepareRename(packModel(changes), RULES_FILE, place(RULES_FILE, 'limits-hold'));
    expect(result).toMatchObject({ ok: false, error: { code: 'FILE_BROKEN' } });
  });

  test('shows the name without its quotes', () => {
    const result = prepareRename(packModel(), RULES_FILE, place(RULES_FILE, 'limits-hold'));
    const start = RULES.indexOf('limits-hold');
    expect(result).toEqual({
      ok: true,
      value: { name: 'limits-hold', span: { start, end: start + 'limits-hold'.length } },
    });
  });
});
