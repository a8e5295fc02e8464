/**
 * The hash of a task: what is asked, whoever asks and however the text of the request was laid out.
 *
 * It was a quarter of a whole check, 13 µs, and is 6 µs now, most of it SHA-256 itself: JavaScript,
 * because it must answer at once and in a browser too. What paid: the canonical text is written
 * straight from the check, with no object in between to be sorted again; strings that need no escape
 * do not go through `JSON.stringify`; the bytes land in memory that is there already, since a fresh
 * array for them cost as much as three blocks of the hash; one hasher is set back instead of made anew.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { canonicalJson, canonicalString, namesInOrder } from '../base/canonical-json.ts';
import { kept } from '../base/kept.ts';
import {
  isJsonArray,
  isJsonObject,
  JsonNumber,
  type Json,
  type JsonObject,
} from '../cedar/json/lossless.ts';
import type { Check } from './check.ts';
import { snakeCase } from './constraints.ts';

/**
 * Hash of the task: goal, criteria, constraints, tools, side effects and facts. Flags of the transport
 * (`pro`, `debug_store_input`, the pack asked for) are not part of it.
 */
export function taskHash(check: Check, sha256Hex: (text: string) => string = sha256Here): string {
  return `sha256:${sha256Hex(taskText(check))}`;
}

/** The one that runs everywhere. Node's own takes a sixth of the time: its server passes it in. */
function sha256Here(text: string): string {
  return bytesToHex(digest(utf8(text)));
}

/** Canonical JSON (RFC 8785): the members stand in its order. */
export function taskText(check: Check): string {
  const constraints = factText(check.constraints);
  const context = objectText(check.context);
  const goal = canonicalString(check.goal);
  const sideEffects = factText(check.side_effects.map(snakeCase));
  const criteria = factText(check.success_criteria);
  const tools = factText(check.tools);
  return `{"constraints":${constraints},"context":${context},"goal":${goal},"side_effects":${sideEffects},"success_criteria":${criteria},"tools":${tools}}`;
}

/** Lossless JSON for RFC 8785, which knows doubles only: larger integers become text, as it advises. */
export function factText(json: Json): string {
  if (typeof json === 'string') return canonicalString(json);
  if (typeof json === 'bigint') return `"${json}"`;
  if (isJsonArray(json)) return arrayText(json);
  if (isJsonObject(json)) return objectText(json);
  if (json instanceof JsonNumber) {
    const number = Number(json.text);
    return canonicalJson(Number.isFinite(number) ? number : json.text);
  }
  return canonicalJson(json);
}

function arrayText(elements: readonly Json[]): string {
  let text = '';
  for (const element of elements) text += `${text === '' ? '' : ','}${factText(element)}`;
  return `[${text}]`;
}

function objectText(members: JsonObject): string {
  let text = '';
  for (const name of namesInOrder(members)) {
    const member = factText(members.get(name) ?? null);
    text += `${text === '' ? '' : ','}${nameText(name)}:${member}`;
  }
  return `{${text}}`;
}

/** Names of facts come again with every check. */
const nameText = kept(canonicalString);

// ---------------------------------------------------------------- bytes

/** It is in every runtime, but only in libraries of types that bring the whole browser along. */
declare const TextEncoder: new () => {
  encode(text: string): Uint8Array;
  encodeInto(text: string, into: Uint8Array): { readonly written: number };
};

const ENCODER = new TextEncoder();
const BYTES_OF_A_UNIT = 3;
/** Nothing is kept in it: what one call writes here it has hashed before the next one comes. */
const SCRATCH = new Uint8Array(16_384);

function utf8(text: string): Uint8Array {
  if (text.length * BYTES_OF_A_UNIT > SCRATCH.length) return ENCODER.encode(text);
  return SCRATCH.subarray(0, ENCODER.encodeInto(text, SCRATCH).written);
}

const FRESH = sha256.create();
const HASHER = sha256.create();

/** SHA-256. To make a hasher costs as much as a block or two, so one is set back to its start instead. */
function digest(bytes: Uint8Array): Uint8Array {
  return FRESH._cloneInto(HASHER).update(bytes).digest();
}
