/** A pack's scenarios as other Cedar engines are asked: for tests. */
import { Decimal } from '../../cedar/extensions/decimal.ts';
import { Datetime } from '../../cedar/extensions/datetime.ts';
import { Duration } from '../../cedar/extensions/duration.ts';
import { IpAddr } from '../../cedar/extensions/ipaddr.ts';
import { CedarRecord, CedarSet, EntityUid, type Value } from '../../cedar/value.ts';
import { decide, type ToolDecision } from '../../decision/decide.ts';
import type { Verdict } from '../../decision/verdict.ts';
import type { Pack } from '../../pack/read.ts';
import type { ScenarioRun } from '../../pack/scenario.ts';

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | JsonValue[]
  | { [name: string]: JsonValue };

/** What one scenario asks, tool by tool. */
export interface Asked {
  readonly id: string;
  readonly run: ScenarioRun;
  readonly verdict: Verdict;
  readonly decision: string;
  readonly tools: readonly ToolDecision[];
  /** The role in which the agent acts. */
  readonly role: string | undefined;
}

/** All scenarios of a pack that can be run. */
export function questionsOf(pack: Pack): readonly Asked[] {
  return pack.scenarios.flatMap(({ id, run }) => {
    if (!run.ok) return [];
    const { now, check } = run.value;
    const decided = decide(pack.policies, check, { now, requestId: `scenario:${id}` });
    if (!decided.ok) return [];
    const { record, tools } = decided.value;
    const role = [check.context.get('actor_role'), check.context.get('user_role')].find(
      (one) => typeof one === 'string' && one !== '',
    );
    const { verdict, decision } = record;
    const named = typeof role === 'string' ? role : undefined;
    return [{ id, run: run.value, verdict, decision, tools, role: named }];
  });
}

/** A value in Cedar's JSON, with explicit escapes. */
function cedarJson(value: Value): JsonValue {
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'object') return value;
  if (value instanceof EntityUid) return { __entity: { type: value.type, id: value.id } };
  if (value instanceof CedarSet) return [...value].map(cedarJson);
  if (value instanceof CedarRecord) return recordJson(value);
  if (value instanceof Decimal) return extension('decimal', value.toString());
  if (value instanceof Datetime) {
    return extension('datetime', new Date(Number(value.millis)).toISOString());
  }
  if (value instanceof Duration) return extension('duration', value.toString());
  if (value instanceof IpAddr) return extension('ip', value.toString());
  return null;
}

/** A record in Cedar's JSON. */
export function recordJson(record: CedarRecord): { [name: string]: JsonValue } {
  return Object.fromEntries([...record.entries()].map(([name, value]) => [name, cedarJson(value)]));
}

function extension(fn: string, arg: string): JsonValue {
  return { __extn: { fn, arg } };
}
