/**
 * What a record repeats of its request. A message quotes the value that could not be read, a trace names
 * the tool: where a mask keeps something of the request from the disk, its echoes must not reach it
 * either. A text is compared by its letters and digits alone, since constraints and names are written
 * anew; in doubt it is left out.
 */
import {
  isJsonArray,
  isJsonObject,
  JsonNumber,
  pointerTo,
  type Json,
} from '../../cedar/json/lossless.ts';

/** What is ours wherever it stands: codes, verdicts, digests. It is never the request's. */
const OURS: ReadonlySet<string> = new Set([
  'decision',
  'verdict',
  'code',
  'severity',
  'policy',
  'policy_version',
  'policy_pack_version',
  'bundle_digest',
  'currency',
]);

/** Record texts are cut after 200 characters, some of which may be around the value. */
const LONGEST = 24;
/** Anything shorter stands in every second text: it counts only as a word of its own. */
const SHORTEST = 4;
/** What is longer than that is prose, whose parts are words like any other. Of its rest no record repeats anything. */
const PROSE = 200;
/** More values than these are not looked for: then nothing is kept that could be one. */
const MOST = 1000;

/** Whether a text repeats any of these values. */
type Echoes = (text: string) => boolean;

/** The record without what repeats values that were erased; its places are added to `erased`. */
export function withoutEchoes(record: Json, values: readonly Json[], erased: string[]): Json {
  if (values.length === 0) return record;
  return leftOf(withoutHash(record, erased), echoesOf(values), '/result', erased) ?? null;
}

/** The hash of all that was asked: with the rest of it at hand, a value that was erased can be guessed until it fits. */
function withoutHash(record: Json, erased: string[]): Json {
  if (!isJsonObject(record) || !record.has(TASK_HASH)) return record;
  erased.push(pointerTo('/result', TASK_HASH));
  return new Map([...record].filter(([key]) => key !== TASK_HASH));
}

const TASK_HASH = 'task_hash';

/** `undefined`: nothing of it. */
function leftOf(json: Json, echoes: Echoes, at: string, erased: string[]): Json | undefined {
  if (isJsonObject(json)) {
    const kept = new Map<string, Json>();
    for (const [key, value] of json) {
      const left = OURS.has(key) ? value : leftOf(value, echoes, pointerTo(at, key), erased);
      if (left !== undefined) kept.set(key, left);
    }
    return kept;
  }
  if (isJsonArray(json)) {
    // The others keep their places.
    return json.map((value, index) => leftOf(value, echoes, pointerTo(at, index), erased) ?? null);
  }
  if (typeof json !== 'string' || !echoes(json)) return json;
  erased.push(at);
  return undefined;
}

function echoesOf(values: readonly Json[]): Echoes {
  const long = new Set<string>();
  const short = new Set<string>();
  for (const text of values.flatMap(textsOf)) {
    const plain = lettersOf(text);
    if (plain.length >= SHORTEST) long.add(plain.slice(0, LONGEST));
    else if (plain !== '') short.add(plain);
  }
  // Nobody may make a check slow by sending much that is masked.
  if (long.size + short.size > MOST) return () => true;
  return (text) => {
    const plain = lettersOf(text);
    return (
      [...long].some((value) => plain.includes(value)) ||
      wordsOf(text).some((word) => short.has(word))
    );
  };
}

/** The texts of a value, and the parts of those that are lists or `key: value`. */
function textsOf(json: Json): readonly string[] {
  if (isJsonObject(json)) return [...json.values()].flatMap(textsOf);
  if (isJsonArray(json)) return json.flatMap(textsOf);
  if (json === null || typeof json === 'boolean') return [];
  if (json instanceof JsonNumber) return [json.text];
  const text = String(json);
  return text.length > PROSE ? [text.slice(0, PROSE)] : [text, ...text.split(/[:,;]/)];
}

function lettersOf(text: string): string {
  return wordsOf(text).join('');
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
