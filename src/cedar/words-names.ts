/**
 * Names and texts as words. `approved_by` is read as "approved by" wherever no reader, and no test, can
 * take it for something else: a name that holds a word which may follow or begin a name in a sentence
 * stands in backticks as it is written, and a text that holds any word of the sentences stands in quotes.
 */
import { escapeText } from './strings.ts';

const SNAKE = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;
const WORD = /^[A-Za-z][A-Za-z0-9]*$/;

/** Words that may stand right behind a name, or begin what a name could be taken for. */
const AFTER_NAMES: ReadonlySet<string> = new Set(
  `and are as be belong belongs but contain contains do does else equal equals empty either every
  everything false given has have if in include includes is it match matches minus no none not
  nothing of or otherwise plus shifted than that the then times to true unless when
  whether with`.split(/\s+/),
);

/** Every word of the sentences: a text made of any of them could read on as part of one. */
const IN_SENTENCES: ReadonlySet<string> = new Set([
  ...AFTER_NAMES,
  ...`a address after end ends start starts ago all always an any anything at before by day days decimal decimals earlier exactly
  from greater group hour hours integers later least less loopback millisecond milliseconds minute
  minutes more most multicast negative never now one pattern range record result same second seconds
  set tag text time type value whole within`.split(/\s+/),
]);

function isPlain(text: string, reserved: ReadonlySet<string>): boolean {
  if (!SNAKE.test(text) && !WORD.test(text)) return false;
  return text.split('_').every((word) => !reserved.has(word) && !reserved.has(word.toLowerCase()));
}

/** The name of a field. */
export function nameWords(name: string): string {
  return isPlain(name, AFTER_NAMES)
    ? name.replaceAll('_', ' ')
    : `\`${escaped(name).replaceAll('`', '\\u{60}')}\``;
}

/** A text where one is expected: as words if it reads as such, else in quotes. */
export function textWords(text: string): string {
  if (text === '') return 'empty text';
  return isPlain(text, IN_SENTENCES) ? text.replaceAll('_', ' ') : quotedText(text);
}

/** A text in quotes. */
export function quotedText(text: string): string {
  return text === '' ? 'empty text' : `“${patternText(text)}”`;
}

/** The inside of quotes: curly ones are escaped, straight ones need not be. */
export function patternText(text: string): string {
  return escaped(text).replaceAll('“', '\\u{201c}').replaceAll('”', '\\u{201d}');
}

function escaped(text: string): string {
  return escapeText(text).replaceAll(/\\(["\\])/g, (escape, character: string) =>
    character === '"' ? '"' : escape,
  );
}

/** The name of an entity type: `taken` are the words that already mean another type. */
export function typeWords(type: string, taken: Iterable<string>): string {
  const isFree = ![...taken].includes(type) && !IN_SENTENCES.has(type.toLowerCase());
  return isFree ? type : `\`${type}\``;
}

/** Whether a field's words take "are" and "include": "names of owner" do, "the limit max retries" does not. */
export function isPlural(words: string): boolean {
  const [name = ''] = words.split(' of ');
  return !name.startsWith('the ') && /(?:[^usi]s|criteria|data|people)$/.test(name);
}
