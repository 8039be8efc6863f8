// Keys of a chart, in its order of drawing: the same marks on the page and in saved files.
import { DASHES, pick, px, readTheme, SYMBOLS, type Theme } from '../charts/theme';
import { textWidth } from '../charts/tips';
import { h, svg } from './dom';

export interface Key {
  name: string;
  colour: (theme: Theme) => string;
  mark: Mark;
}

type Mark = 'square' | 'circle' | 'rect' | 'triangle' | 'diamond' | 'pin' | 'arrow' | Dash;

/** A line with the dashes of its chart. */
interface Dash {
  dashes: number[];
}

/** Corners of the marks in a box of 12 by 12; a circle has none. */
const CORNERS: Record<Exclude<Mark, 'circle' | Dash>, Array<[number, number]>> = {
  square: [[0, 0], [12, 0], [12, 12], [0, 12]],
  rect: [[1, 1], [11, 1], [11, 11], [1, 11]],
  triangle: [[6, 1], [11.5, 11], [0.5, 11]],
  diamond: [[6, 0], [12, 6], [6, 12], [0, 6]],
  pin: [[6, 12], [2, 5], [3, 1.5], [6, 0], [9, 1.5], [10, 5]],
  arrow: [[6, 0], [11, 12], [6, 8.5], [1, 12]],
};

function mark(kind: Mark, colour: string): SVGElement {
  if (typeof kind === 'object') return svg('line', { x1: '0', x2: '26', y1: '6', y2: '6', stroke: colour, 'stroke-width': '2.4', 'stroke-dasharray': kind.dashes.join(' ') });
  return kind === 'circle'
    ? svg('circle', { cx: '6', cy: '6', r: '5', fill: colour })
    : svg('polygon', { points: CORNERS[kind].map((corner) => corner.join(',')).join(' '), fill: colour });
}

function drawnMark(kind: Mark, colour: string, x: number, y: number): Record<string, unknown> {
  const size = px(11) / 12;
  if (typeof kind === 'object') return { type: 'line', shape: { x1: x, y1: y + 6 * size, x2: x + 13 * size, y2: y + 6 * size }, style: { stroke: colour, lineWidth: 2, lineDash: kind.dashes } };
  const style = { fill: colour };
  return kind === 'circle'
    ? { type: 'circle', shape: { cx: x + 6 * size, cy: y + 6 * size, r: 5 * size }, style }
    : { type: 'polygon', shape: { points: CORNERS[kind].map(([cx, cy]) => [x + cx * size, y + cy * size]) }, style };
}

export function fills(entries: Array<[string, (theme: Theme) => string]>): Key[] {
  return entries.map(([name, colour]) => ({ name, colour, mark: 'square' }));
}

export function carKeys(names: string[]): Key[] {
  return names.map((name, at) => ({ name, colour: (theme) => pick(theme.cars, at), mark: pick(SYMBOLS, at) }));
}

/** Keys of lines without marks at their points. */
export function lineKeys(names: string[]): Key[] {
  return names.map((name, at) => {
    const dashes = pick(DASHES, at);
    return { name, colour: (theme) => pick(theme.cars, at), mark: { dashes: dashes === 'solid' ? [] : dashes } };
  });
}

export function keyList(keys: Key[]): HTMLElement {
  const theme = readTheme();
  return h('ul', { class: 'keys' }, keys.map((key) => h('li', {},
    svg('svg', { viewBox: `0 0 ${typeof key.mark === 'object' ? 26 : 12} 12`, width: typeof key.mark === 'object' ? '28' : '13', height: '13', 'aria-hidden': 'true' }, mark(key.mark, key.colour(theme))), key.name)));
}

/** Keys as drawing elements in rows below `top`, and the height that they take. */
export function drawnKeys(keys: Key[], theme: Theme, width: number, top: number): { elements: Array<Record<string, unknown>>; height: number } {
  const row = px(22);
  const elements: Array<Record<string, unknown>> = [];
  let [x, y] = [16, top];
  for (const key of keys) {
    const wide = px(18) + textWidth(key.name, 13) + px(22);
    if (x > 16 && x + wide > width - 16) [x, y] = [16, y + row];
    elements.push(
      drawnMark(key.mark, key.colour(theme), x, y + px(4)),
      { type: 'text', style: { text: key.name, x: x + px(18), y: y + px(3), fill: theme.ink, fontSize: px(13), fontFamily: theme.sans } },
    );
    x += wide;
  }
  return { elements, height: keys.length > 0 ? y - top + row : 0 };
}
