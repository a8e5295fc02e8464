import { beforeAll, describe, expect, test } from 'vitest';
import { jsonFromUnknown } from '../../cedar/json/from-unknown.ts';
import { isJsonObject, type Json } from '../../cedar/json/lossless.ts';
import { readCheck } from '../../decision/check.ts';
import { decide } from '../../decision/decide.ts';
import type { Pack } from '../../pack/read.ts';
import { readPackFolder } from '../pack-folder.ts';
import { packFolder, quietHost } from '../testing/serving.ts';
import { eventMembers, readMask } from './event.ts';

let pack: Pack;

beforeAll(async () => {
  const read = await readPackFolder(quietHost(), packFolder('../../../policies/payments'));
  if (!read.ok) throw new Error(read.error[0]?.message);
  ({ pack } = read.value);
});

/** The line of a check, as the log has it. */
function lineOf(
  request: object,
  masks: readonly string[],
  doubted: Readonly<Record<string, string>> = {},
): Readonly<Record<string, unknown>> {
  const json = jsonFromUnknown(request);
  const input: Json = json.ok ? json.value : null;
  const check = readCheck(input);
  if (!check.ok || !isJsonObject(input)) throw new Error('no check');
  const now = Date.parse('2026-03-16T10:00:00Z');
  const at = { now, requestId: 'r', doubted: new Map(Object.entries(doubted)) };
  const decision = decide(pack.policies, check.value, at);
  if (!decision.ok) throw new Error(decision.error.message);
  const { record } = decision.value;
  const event = {
    // As the server gives it: with the context of the check, which has what was said beside it.
    input: new Map<string, Json>([...input, ['context', check.value.context]]),
    record,
    text: JSON.stringify(record),
    now,
    bundle: { name: pack.name, revision: 'sha256:0' },
    requestedBy: undefined,
    run: { filled: [], doubted },
    flip: undefined,
    dryRun: false,
  };
  const members = eventMembers(
    event,
    masks.map((mask) => readMask(mask) ?? []),
  );
  const line: unknown = JSON.parse(`{${members}}`);
  return typeof line === 'object' && line !== null ? { ...line } : {};
}

const LONG = 'Confidential, by 2031: a thing that is nobody else’s! '.repeat(6);

/** Each with a value that a record repeats: since it cannot be read, or since it is a name. */
const REQUEST = {
  goal: `Pay the invoice ${LONG}`,
  tools: ['zebra_tool', 'payments_api'],
  constraints: [
    'max_cost_usd: Walrus 7',
    'Penguin phrase, unknown',
    'required_role:heron',
    'allowed_environment: ibis,"Jackdaw"',
  ],
  side_effects: ['Quokka Movement'],
  success_criteria: ['okapi'],
  environment: 'narwhal-3',
  context: {
    actor_role: 'pangolin',
    agent_name: 'tapir',
    approved_at: 'Dodo the 5th',
    amount_usd: 'axolotl"\\',
    current_iteration: 'Äffchen',
    approved_by: ['kea'],
    currency: `lynx ${LONG}`,
    ticket_id: 77,
    user: { email: 'moa@example.com' },
  },
};

const HIDDEN: Readonly<Record<string, readonly string[]>> = {
  '/input/goal': ['Confidential'],
  '/input/tools/*': ['zebra', 'payments_api'],
  '/input/constraints': ['Walrus', 'penguin', 'heron', 'ibis', 'Jackdaw'],
  '/input/constraints/0': ['Walrus'],
  '/input/side_effects': ['quokka'],
  '/input/success_criteria': ['okapi'],
  '/input/context/actor_role': ['pangolin'],
  '/input/context/agent_name': ['tapir'],
  '/input/context/approved_at': ['Dodo'],
  '/input/context/amount_usd': ['axolotl'],
  '/input/context/current_iteration': ['ffchen'],
  '/input/context/approved_by': ['kea'],
  '/input/context/currency': ['lynx', 'Confidential, by'],
  '/input/context/user/email': ['moa@'],
};

describe('what is masked of a request', () => {
  test.each(Object.entries(HIDDEN))('%s: no message of the record repeats it', (mask, secrets) => {
    // That it would be there without the mask is what makes this a test.
    const bare = JSON.stringify(lineOf(REQUEST, []));
    // Of one mask the others' values may well stay.
    const request = mask === '/input/goal' ? { ...REQUEST, context: {} } : REQUEST;
    const line = lineOf(request, [mask]);
    for (const secret of secrets) {
      expect(bare.toLowerCase()).toContain(secret.toLowerCase());
      const left = mask === '/input/context/currency' ? { ...line, input: {} } : line;
      expect(JSON.stringify(left).toLowerCase()).not.toContain(secret.toLowerCase());
    }
    expect(line).toMatchObject({
      result: { verdict: 'DENY', decision: 'NO_GO', policy_version: 'payments@1.4.0' },
      erased: expect.arrayContaining([expect.stringContaining('/input/')]) as unknown,
    });
  });

  test('the rest of the record stays, and the places of what is missing are listed', () => {
    const { result, erased } = lineOf(REQUEST, ['/input/context/amount_usd']);
    expect(erased).toContain('/input/context/amount_usd');
    expect(erased).toContainEqual(expect.stringMatching(/^\/result\/issues\/\d+\/message$/));
    const bare = lineOf(REQUEST, [])['result'];
    const codes = (of: unknown) => JSON.stringify(of).match(/"code":"\w+"/g);
    expect(codes(result)).toEqual(codes(bare));
    expect(codes(result)?.length).toBeGreaterThan(3);
    const messages = (of: unknown) => JSON.stringify(of).match(/"message":/g)?.length ?? 0;
    expect(messages(result)).toBe(messages(bare) - 1);
  });

  test('nor is there a hash to try guesses of it with', () => {
    const bare = lineOf(REQUEST, ['/result/issues']);
    expect(bare).toHaveProperty(['result', 'task_hash']);
    const line = lineOf(REQUEST, ['/input/context/ticket_id']);
    expect(line).not.toHaveProperty(['result', 'task_hash']);
    expect(line['erased']).toContain('/result/task_hash');
  });

  test('the environment is not left in the other place where the check has it', () => {
    for (const mask of ['/input/environment', '/input/context/environment']) {
      expect(JSON.stringify(lineOf(REQUEST, [mask]))).not.toContain('narwhal');
    }
  });

  test('nor what a counter was before it went back', () => {
    const doubted = { current_iteration: 'It was 41 before, and has become less.' };
    const request = { ...REQUEST, context: { current_iteration: 3 } };
    const bare = lineOf(request, [], doubted);
    expect(JSON.stringify(bare['result'])).toContain('It was 41');
    for (const mask of ['/input/context/current_iteration', '/input/context', '/input/*']) {
      const line = lineOf(request, [mask], doubted);
      expect(JSON.stringify(line)).not.toContain('41');
      expect(line).toMatchObject({ run: { doubted: { current_iteration: 'masked' } } });
    }
    const other = lineOf(request, ['/input/goal'], doubted);
    expect(other).toMatchObject({ run: { doubted } });
  });

  test('a short value counts as a word of its own', () => {
    const request = { ...REQUEST, context: { agent_name: 'EU' } };
    const masks = ['/input/context/agent_name'];
    // Masked of both, as it goes whatever is masked.
    const bare = lineOf(request, ['/result/task_hash']);
    expect(lineOf(request, masks)['result']).toEqual(bare['result']);
    const line = lineOf({ ...request, tools: ['pay EU now', 'pay_eur'] }, masks);
    expect(JSON.stringify(line['result'])).not.toContain('pay EU now');
    expect(JSON.stringify(line['result'])).toContain('pay_eur');
  });

  test('of more than is looked for nothing is repeated', () => {
    const many = Array.from({ length: 2000 }, (_, n) => `gnu-${n}`);
    const { result } = lineOf({ ...REQUEST, context: { many } }, ['/input/context/many']);
    expect(result).toMatchObject({ verdict: 'DENY', issues: expect.any(Array) as unknown });
    expect(result).not.toHaveProperty('reason');
    expect(JSON.stringify(result)).toMatch(/"code":"TOOL_NOT_LISTED"/);
    expect(JSON.stringify(result)).not.toContain('zebra');
  });

  test('another shape than expected hides nothing from its mask', () => {
    const masks = ['/input/context/user/email'];
    const context = (user: unknown) => lineOf({ ...REQUEST, context: { user } }, masks);
    for (const user of [
      'moa@example.com',
      ['moa@example.com'],
      [{ email: 'moa@example.com' }, { name: 'Bo' }],
      [[{ email: ['moa@example.com'] }]],
    ]) {
      expect(JSON.stringify(context(user))).not.toContain('moa');
    }
    expect(context([{ name: 'Bo' }])).toMatchObject({
      input: { context: { user: [{ name: 'Bo' }] } },
    });
    // A star is for what has that member, and for nothing else.
    const starred = lineOf(REQUEST, ['/input/context/*/email']);
    expect(starred).toMatchObject({ input: { context: { actor_role: 'pangolin', user: {} } } });
  });
});
