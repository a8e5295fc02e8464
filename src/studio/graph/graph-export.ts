/** The drawing as a file: an SVG of its own, not a picture of the page, so that it stays sharp and readable. */
import type { FlowBox } from '../../worker/flow-layout.ts';
import { markOf, type GraphState } from './graph-state.ts';

const margin = 24;
const lineHeight = 18;

/** Colours of the export: it leaves the page, so it carries the theme's colours with it. */
interface Ink {
  readonly surface: string;
  readonly card: string;
  readonly text: string;
  readonly quiet: string;
  readonly line: string;
  readonly accent: string;
}

function currentInk(): Ink {
  const style = getComputedStyle(document.documentElement);
  const color = (name: string) => style.getPropertyValue(name).trim();
  return {
    surface: color('--surface'),
    card: color('--surface-raised'),
    text: color('--text'),
    quiet: color('--text-quiet'),
    line: color('--line-strong'),
    accent: color('--accent'),
  };
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** Breaks a sentence into lines of at most `letters`, between words. */
function wrapped(text: string, letters: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > letters) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function card(
  state: GraphState,
  ink: Ink,
  id: string,
  title: string,
  text: string,
  box: FlowBox,
): string {
  const mark = markOf(state, id);
  const stroke = mark.decisive ? ink.accent : ink.line;
  const letters = Math.floor((box.width - 22) / 6.6);
  const rows = [...(title === '' ? [] : [title]), ...wrapped(text, letters)];
  const spans = rows
    .map((row, index) => {
      const weight = index === 0 && title !== '' ? ' font-weight="600"' : '';
      const y = box.y + 22 + index * lineHeight;
      return `<text x="${box.x + 11}" y="${y}"${weight}>${escape(row)}</text>`;
    })
    .join('');
  return (
    `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="8" fill="${ink.card}" ` +
    `stroke="${stroke}" stroke-width="${mark.decisive ? 3 : 1}"/>${spans}`
  );
}

/** The flow that is shown, as the text of an SVG file. */
function flowSvg(state: GraphState, ink: Ink): string {
  const { picture } = state;
  if (picture === undefined) return '<svg xmlns="http://www.w3.org/2000/svg"/>';
  const { boxes } = picture.layout;
  const all = [...boxes.values()];
  const top = Math.min(0, ...all.map((box) => box.y)) - margin;
  const bottom = Math.max(0, ...all.map((box) => box.y + box.height)) + margin;
  const right = Math.max(0, ...all.map((box) => box.x + box.width)) + margin;
  const edges = picture.view.edges
    .flatMap((edge) => {
      const from = boxes.get(edge.from);
      const to = boxes.get(edge.to);
      if (from === undefined || to === undefined) return [];
      const decisive = state.trace?.states?.edges.get(edge.id)?.isDecisive === true;
      const [x1, y1] = [from.x + from.width, from.y + from.height / 2];
      const [x2, y2] = [to.x, to.y + to.height / 2];
      const bend = Math.max(40, Math.abs(x2 - x1) / 2);
      const stroke = decisive ? ink.accent : ink.line;
      return [
        `<path d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}" fill="none" stroke="${stroke}" stroke-width="${decisive ? 3 : 1}"/>`,
      ];
    })
    .join('');
  const nodes = picture.view.nodes
    .flatMap((node) => {
      const box = boxes.get(node.id);
      if (box === undefined) return [];
      const title = node.kind === 'rule' ? node.ruleId : '';
      return [card(state, ink, node.id, title, node.text, box)];
    })
    .join('');
  const width = right + margin;
  const height = bottom - top;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${-margin} ${top} ${width} ${height}" ` +
    `font-family="Inter, system-ui, sans-serif" font-size="12" fill="${ink.text}">` +
    `<rect x="${-margin}" y="${top}" width="${width}" height="${height}" fill="${ink.surface}"/>${edges}${nodes}</svg>`
  );
}

function download(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

function svgBlob(state: GraphState): Blob {
  return new Blob([flowSvg(state, currentInk())], { type: 'image/svg+xml' });
}

/** Downloads the drawing as an SVG file. */
export function exportSvg(state: GraphState, name: string): void {
  download(svgBlob(state), `${name}-flow.svg`);
}

/** Downloads the drawing as a PNG file, twice as large as on the screen for reading and printing. */
export async function exportPng(state: GraphState, name: string): Promise<void> {
  const address = URL.createObjectURL(svgBlob(state));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    // Browsers refuse canvases past about 16,000 pixels a side.
    const scale = Math.min(2, 16_000 / Math.max(image.naturalWidth, image.naturalHeight));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(image.naturalWidth * scale);
    canvas.height = Math.round(image.naturalHeight * scale);
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => {
      canvas.toBlob(resolve, 'image/png');
    });
    if (blob !== null) download(blob, `${name}-flow.png`);
  } finally {
    URL.revokeObjectURL(address);
  }
}
