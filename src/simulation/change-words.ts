import { isJsonArray, isJsonObject, JsonNumber, type Json } from '../cedar/json/lossless.ts';
import { nameWords, quotedText } from '../cedar/words-names.ts';
import { pointerKeys } from './flow-fields.ts';

/** One changed field in words: "approved by: “m.ortiz”, where nothing was given". */
export function changeWords(pointer: string, from: Json | undefined, to: Json | undefined): string {
  const keys = pointerKeys(pointer);
  const name = [...(keys[0] === 'context' ? keys.slice(1) : keys)]
    .map(nameWords)
    .toReversed()
    .join(' of ');
  if (to === undefined) return `leave out ${name}`;
  if (isJsonArray(to)) {
    const before = from !== undefined && isJsonArray(from) ? from : [];
    const added = to.filter((one) => !before.some((other) => same(one, other)));
    const gone = before.filter((one) => !to.some((other) => same(one, other)));
    const parts = [
      ...(added.length === 0 ? [] : [`add ${added.map(valueText).join(', ')} to ${name}`]),
      ...(gone.length === 0 ? [] : [`take ${gone.map(valueText).join(', ')} out of ${name}`]),
    ];
    if (parts.length > 0) return parts.join(' and ');
    return from === undefined
      ? `give ${name} as an empty list`
      : `give ${name} as ${valueText(to)}`;
  }
  if (from === undefined || from === null) return `give ${name}: ${valueText(to)}`;
  return `change ${name} from ${valueText(from)} to ${valueText(to)}`;
}

function same(a: Json, b: Json): boolean {
  return a === b;
}

function valueText(json: Json): string {
  if (typeof json === 'string') return quotedText(json);
  if (json instanceof JsonNumber) return json.text;
  if (isJsonArray(json)) return `[${json.map(valueText).join(', ')}]`;
  return isJsonObject(json) ? 'a record' : String(json);
}
