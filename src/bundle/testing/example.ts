/** The worked example of FORMAT.md, out of the first test vector. */
import { fromBase64 } from '../base64.ts';
import { readArchive } from '../archive.ts';
import { sha256Hex, textOf, type Bytes } from '../bytes.ts';
import { payloadOf, preAuthEncoding, readEnvelope } from '../dsse.ts';
import { MANIFEST_FILE } from '../manifest.ts';
import { attestationPath } from '../statement.ts';

/** Markdown: the bytes that matter, and what they mean. */
export function exampleOf(bundle: Bytes, file: string): string {
  const files = readArchive(bundle);
  if (!files.ok) throw new Error(files.error);
  const view = new DataView(bundle.buffer, bundle.byteOffset);
  const endAt = bundle.length - 22;
  const directoryAt = view.getUint32(endAt + 16, true);
  const path = attestationPath('release');
  const envelope = readEnvelope(files.value.get(path) ?? new Uint8Array());
  if (!envelope.ok) throw new Error(envelope.error);
  const payload = payloadOf(envelope.value);
  const signed = preAuthEncoding(envelope.value.payloadType, payload);
  const signature = fromBase64(envelope.value.signatures[0]?.sig ?? '') ?? new Uint8Array();
  const manifest = files.value.get(MANIFEST_FILE) ?? new Uint8Array();
  const content = 30 + path.length;
  return [
    `The bytes of \`vectors/${file}\` (${bundle.length} bytes, SHA-256 \`${sha256Hex(bundle)}\`), signed by the key`,
    `\`${envelope.value.signatures[0]?.keyid ?? ''}\`. Its first file is \`${path}\`:`,
    '',
    block([
      [bundle, 0, 4, 'local header'],
      [bundle, 4, 14, 'version 20, flags 0x0800, stored, 1980-01-01 00:00'],
      [bundle, 14, 26, 'CRC-32, size, size'],
      [bundle, 26, 30, 'length of the name; no extra field'],
      [bundle, 30, 60, 'the name'],
      [
        bundle,
        content,
        content + 16,
        `the content, ${files.value.get(path)?.length ?? 0} bytes: an envelope`,
      ],
    ]),
    '',
    'Its entry in the directory, and the end of the archive:',
    '',
    block([
      [bundle, directoryAt, directoryAt + 4, 'directory entry'],
      [bundle, directoryAt + 4, directoryAt + 6, 'made by: Unix, version 20'],
      [bundle, directoryAt + 6, directoryAt + 16, 'as in the local header'],
      [bundle, directoryAt + 16, directoryAt + 28, 'CRC-32, size, size'],
      [bundle, directoryAt + 28, directoryAt + 38, 'length of the name; nothing else'],
      [bundle, directoryAt + 38, directoryAt + 46, 'mode 0100644; where its header begins'],
      [bundle, directoryAt + 46, directoryAt + 76, 'the name'],
      [bundle, endAt, endAt + 4, 'end of the archive'],
      [bundle, endAt + 4, endAt + 12, 'one disk; how many files, twice'],
      [bundle, endAt + 12, endAt + 20, 'length of the directory; where it begins'],
      [bundle, endAt + 20, endAt + 22, 'no comment'],
    ]),
    '',
    `\`bundle.json\`, ${manifest.length} bytes in one line, broken here after commas:`,
    '',
    '```json',
    (textOf(manifest) ?? '').replaceAll(/,(?="(?:files|format|[a-z]+[./]))/g, ',\n'),
    '```',
    '',
    `Bundle id: \`sha256:${sha256Hex(manifest)}\`. The payload of the release envelope, ${payload.length} bytes in one line:`,
    '',
    '```json',
    (textOf(payload) ?? '').replaceAll(/,(?="(?:predicate|subject))/g, ',\n'),
    '```',
    '',
    `What is signed: ${signed.length} bytes, SHA-256 \`${sha256Hex(signed)}\`:`,
    '',
    block([
      [signed, 0, 10, '"DSSEv1 28 "'],
      [signed, 10, 38, '"application/vnd.in-toto+json"'],
      [signed, 38, 43, `" ${payload.length} "`],
      [signed, 43, 59, 'the payload begins'],
    ]),
    '',
    'The Ed25519 signature over it:',
    '',
    block([
      [signature, 0, 32, 'R'],
      [signature, 32, 64, 'S'],
    ]),
  ].join('\n');
}

type Row = readonly [bytes: Bytes, from: number, to: number, meaning: string];

function block(rows: readonly Row[]): string {
  const lines = rows.flatMap(([bytes, from, to, meaning]) => {
    const parts: string[] = [];
    for (let at = from; at < to; at += 16) {
      const hex = [...bytes.subarray(at, Math.min(to, at + 16))].map((byte) =>
        byte.toString(16).padStart(2, '0'),
      );
      const place = at.toString(16).padStart(4, '0');
      const text = `${place}: ${hex.join(' ')}`;
      parts.push(at === from ? `${text.padEnd(55)} ${meaning}` : text);
    }
    return parts;
  });
  return ['```', ...lines, '```'].join('\n');
}

/** FORMAT.md with the example put in between its two marks. */
export function withExample(markdown: string, example: string): string {
  const [start, end] = ['<!-- example -->\n', '\n<!-- /example -->'];
  const from = markdown.indexOf(start) + start.length;
  return markdown.slice(0, from) + example + markdown.slice(markdown.indexOf(end));
}
