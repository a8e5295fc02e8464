/**
 * The lines of the rule flow. They run like streets: down one of the tracks between two columns, then
 * along the gap above a row of rules, so that none crosses a card and those with one way share it.
 */
import type { FlowEdge } from '../simulation/flow.ts';
import type { FlowBox } from './flow-layout.ts';

/** Where the tracks run: left of the scopes, of the rules and of the ladder. */
export interface Tracks {
  readonly scopesX: number;
  readonly rulesX: number;
  readonly ladderX: number;
  /** Between two cards. */
  readonly gap: number;
}

type Point = readonly [x: number, y: number];

/** Radius of the corners. */
const CORNER = 8;

/** The line of an edge, as the `d` of an SVG path. */
export function routeOf(edge: FlowEdge, from: FlowBox, to: FlowBox, tracks: Tracks): string {
  return smooth(pointsOf(edge, from, to, tracks));
}

function pointsOf({ kind }: FlowEdge, from: FlowBox, to: FlowBox, tracks: Tracks): Point[] {
  const [start, end] = [right(from), left(to)];
  switch (kind) {
    case 'applies':
      return to.x < tracks.rulesX
        ? [start, ...across(start, end, tracks.scopesX - 24), end]
        : [start, ...toCard(start, to, tracks), end];
    case 'says':
    case 'fails':
    case 'risk':
      return [start, ...fromCard(from, end, tracks), end];
    case 'next':
      return [
        [from.x + from.width / 2, from.y + from.height],
        [to.x + to.width / 2, to.y],
      ];
    case 'decides':
      return [start, ...across(start, end, to.x - 32), end];
  }
}

/** Down or up a track, where the two are not level. */
function across([, startY]: Point, [, endY]: Point, x: number): Point[] {
  return startY === endY
    ? []
    : [
        [x, startY],
        [x, endY],
      ];
}

/** From a scope to a card: the track left of the rules, then above the card's row. */
function toCard(start: Point, card: FlowBox, { rulesX, gap }: Tracks): Point[] {
  // Lines from several scopes keep apart.
  const x = rulesX - 22 - (Math.abs(Math.round(start[1])) % 4) * 9;
  if (card.x === rulesX) return across(start, left(card), x);
  const lane = card.y - gap / 2 - 3;
  const before = card.x - gap / 2;
  return [
    [x, start[1]],
    [x, lane],
    [before, lane],
    [before, left(card)[1]],
  ];
}

/** From a card, or from the engine above all cards, to the ladder: above the row, then down the last track. */
function fromCard(card: FlowBox, end: Point, { rulesX, ladderX, gap }: Tracks): Point[] {
  const start = right(card);
  const x = ladderX - 40;
  const isBesideTrack = ladderX - start[0] < 100 || card.x < rulesX;
  if (isBesideTrack) return across(start, end, x);
  const lane = card.y - gap / 2 + 3;
  const after = start[0] + gap / 2;
  return [
    [after, start[1]],
    [after, lane],
    [x, lane],
    [x, end[1]],
  ];
}

function left({ x, y, height }: FlowBox): Point {
  return [x, y + height / 2];
}

function right({ x, y, width, height }: FlowBox): Point {
  return [x + width, y + height / 2];
}

/** Straight lines with round corners. */
function smooth(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let [d, here] = [`M${say(first)}`, first];
  for (const [index, corner] of rest.entries()) {
    const next = rest[index + 1];
    if (next === undefined) {
      d += `L${say(corner)}`;
      break;
    }
    const radius = Math.min(CORNER, distance(here, corner) / 2, distance(corner, next) / 2);
    d += `L${say(towards(corner, here, radius))}Q${say(corner)} ${say(towards(corner, next, radius))}`;
    here = corner;
  }
  return d;
}

function distance([x1, y1]: Point, [x2, y2]: Point): number {
  return Math.abs(x2 - x1) + Math.abs(y2 - y1);
}

/** The point so far from one towards another, along a line that is level or upright. */
function towards(start: Point, end: Point, length: number): Point {
  const [x, y] = [end[0] - start[0], end[1] - start[1]];
  return [start[0] + Math.sign(x) * length, start[1] + Math.sign(y) * length];
}

function say([x, y]: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
}
