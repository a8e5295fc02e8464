/** The drawing as a file: an SVG of its own, not a picture of the page, so that it stays sharp and readable. */
import type { FlowBox } from '../../worker/flow-layout.ts';
import type { FlowPicture } from '../../worker/flow-api.ts';
import { cardRows } from './export-rows.ts';
import { edgeMark, markOf } from './graph-marks.ts';
import type { GraphState } from './graph-state.ts';

const margin = 24;
const lineHeight = 18;

/** Colours of the export: it leaves the page, so it carries the theme's colours with it. */
interface Ink {
  readonly surface: string;
  readonly card: string;
  readonly text: string;
  readonly quiet: string;
  readonly line: string;
  /** Of the way that decided. */
  readonly way: string;
}

function currentInk(state: GraphState): Ink {
  const verdict = state.mode === 'scenario' ? state.trace?.states?.verdict : undefined;
  const style = getComputedStyle(document.documentElement);
  const color = (name: string) => style.getPropertyValue(name).trim();
  return {
    surface: color('--surface'),
    card: color('--surface-raised'),
    text: color('--text'),
    quiet: color('--text-quiet'),
    line: color('--line-strong'),
    way: color(verdict === undefined ? '--accent' : `--${verdict.toLowerCase()}`),
  };
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

type ViewNode = FlowPicture['view']['nodes'][number];

function card(state: GraphState, ink: Ink, node: ViewNode, box: FlowBox): string {
  const { decisive } = markOf(state, node.id);
  const letters = Math.floor((box.width - 22) / 6.6);
  const rows = cardRows(state, node, letters);
  const room = Math.max(1, Math.floor((box.height - 10) / lineHeight));
  const spans = rows
    .slice(0, room)
    .map(({ text, isStrong, depth }, index) => {
      const isCut = index === room - 1 && rows.length > room;
      const weight = isStrong ? ' font-weight="600"' : '';
      const y = box.y + 20 + index * lineHeight;
      return `<text x="${box.x + 11 + depth * 10}" y="${y}"${weight}>${escape(text)}${isCut ? '…' : ''}</text>`;
    })
    .join('');
  return (
    `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="8" fill="${ink.card}" ` +
    `stroke="${decisive ? ink.way : ink.line}" stroke-width="${decisive ? 3 : 1}"/>${spans}`
  );
}

/** The flow that is shown, as the text of an SVG file. */
function flowSvg(state: GraphState, ink: Ink): string {
  const { picture } = state;
  if (picture === undefined) return '<svg xmlns="http://www.w3.org/2000/svg"/>';
  const { boxes, routes, width, height } = picture.layout;
  const top = Math.min(0, ...[...boxes.values()].map((box) => box.y));
  const edges = picture.view.edges
    .map((edge) => ({ edge, route: routes.get(edge.id), mark: edgeMark(state, edge) }))
    .filter(({ edge, mark }) => edge.kind !== 'fails' || mark.state === 'true')
    // The way that decided lies on top.
    .toSorted((a, b) => Number(a.mark.decisive) - Number(b.mark.decisive))
    .map(
      ({ route, mark: { decisive } }) =>
        `<path d="${route ?? ''}" fill="none" stroke="${decisive ? ink.way : ink.line}" stroke-width="${decisive ? 3 : 1}"/>`,
    )
    .join('');
  const nodes = picture.view.nodes
    .flatMap((node) => {
      const box = boxes.get(node.id);
      return box === undefined ? [] : [card(state, ink, node, box)];
    })
    .join('');
  const [x, y] = [-margin, top - margin];
  const [wide, high] = [width + 2 * margin, height + 2 * margin];
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${wide}" height="${high}" viewBox="${x} ${y} ${wide} ${high}" ` +
    `font-family="Inter, system-ui, sans-serif" font-size="12" fill="${ink.text}">` +
    `<rect x="${x}" y="${y}" width="${wide}" height="${high}" fill="${ink.surface}"/>${edges}${nodes}</svg>`
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
  return new Blob([flowSvg(state, currentInk(state))], { type: 'image/svg+xml' });
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
