import { jsonString, namesInOrder } from '../base/canonical-json.ts';
import { isJsonArray, isJsonObject, JsonNumber, type Json } from '../cedar/json/lossless.ts';

/**
 * Lossless JSON as text. `sorted`: members by name and no space, so that two texts are equal when the
 * data is; `indented`: as files are written, in the order given.
 */
export function printJson(json: Json, layout: 'sorted' | 'indented'): string {
  return layout === 'sorted' ? compact(json) : indented(json, '');
}

function compact(json: Json): string {
  if (typeof json === 'string') return jsonString(json);
  let text = '';
  if (isJsonArray(json)) {
    for (const value of json) text += text === '' ? compact(value) : `,${compact(value)}`;
    return `[${text}]`;
  }
  if (!isJsonObject(json)) return scalar(json);
  for (const name of namesInOrder(json)) {
    const member = `${jsonString(name)}:${compact(json.get(name) ?? null)}`;
    text += text === '' ? member : `,${member}`;
  }
  return `{${text}}`;
}

function indented(json: Json, indent: string): string {
  const inner = `${indent}  `;
  const lines = isJsonArray(json)
    ? json.map((value) => inner + indented(value, inner))
    : isJsonObject(json)
      ? [...json].map(
          ([name, value]) => `${inner}${JSON.stringify(name)}: ${indented(value, inner)}`,
        )
      : undefined;
  if (lines === undefined) return scalar(json);
  const [open, close] = isJsonArray(json) ? '[]' : '{}';
  return lines.length === 0
    ? `${open}${close}`
    : `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}

function scalar(json: Json): string {
  if (json instanceof JsonNumber) return json.text;
  return typeof json === 'bigint' ? `${json}` : JSON.stringify(json);
}

/** Whether two are the same data; the order of an object's members does not count. */
export function sameJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (a instanceof JsonNumber) return b instanceof JsonNumber && a.text === b.text;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  if (isJsonArray(a)) {
    return (
      isJsonArray(b) &&
      a.length === b.length &&
      a.every((item, index) => {
        const other = b[index];
        return other !== undefined && sameJson(item, other);
      })
    );
  }
  if (!isJsonObject(a) || !isJsonObject(b) || a.size !== b.size) return false;
  for (const [name, value] of a) {
    const other = b.get(name);
    if (other === undefined || !sameJson(value, other)) return false;
  }
  return true;
}
