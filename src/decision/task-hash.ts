import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson, type CanonicalJson } from '../base/canonical-json.ts';
import { isJsonArray, isJsonObject, JsonNumber, type Json } from '../cedar/json/lossless.ts';
import type { Check } from './check.ts';
import { snakeCase } from './constraints.ts';

/**
 * Hash of the task: goal, criteria, constraints, tools, side effects and facts. Flags of the transport
 * (`pro`, `debug_store_input`, the pack asked for) are not part of it.
 */
export function taskHash(check: Check): string {
  const text = canonicalJson({
    goal: check.goal,
    success_criteria: check.success_criteria,
    constraints: check.constraints,
    tools: check.tools,
    side_effects: check.side_effects.map(snakeCase),
    context: canonicalFacts(check.context),
  });
  return `sha256:${bytesToHex(sha256(utf8ToBytes(text)))}`;
}

/** Lossless JSON for RFC 8785, which knows doubles only: larger integers become text, as it advises. */
function canonicalFacts(json: Json): CanonicalJson {
  if (typeof json === 'bigint') return json.toString();
  if (json instanceof JsonNumber) {
    const number = Number(json.text);
    return Number.isFinite(number) ? number : json.text;
  }
  if (isJsonArray(json)) return json.map(canonicalFacts);
  if (isJsonObject(json)) {
    return Object.fromEntries([...json].map(([name, value]) => [name, canonicalFacts(value)]));
  }
  return json;
}
