// Keys of a chart, in its order of drawing.
import { h, svg } from './dom';
import { pick, SYMBOLS, readTheme } from '../charts/theme';

export function swatches(entries: Array<{ name: string; colour: string }>): HTMLElement {
  return h('ul', { class: 'keys' }, entries.map(({ name, colour }) => {
    const mark = svg('svg', { viewBox: '0 0 12 12', width: '12', height: '12', 'aria-hidden': 'true' }, svg('rect', { width: '12', height: '12', fill: colour }));
    return h('li', {}, mark, name);
  }));
}

const PATHS: Record<string, string> = {
  circle: 'M6 1a5 5 0 1 0 .01 0z', rect: 'M1 1h10v10H1z', triangle: 'M6 1l5.5 10H.5z', diamond: 'M6 0l6 6-6 6-6-6z', pin: 'M6 12L2.5 5.5a4 4 0 1 1 7 0z', arrow: 'M6 0l5 12-5-3.5L1 12z',
};

export function carKeys(names: string[]): HTMLElement {
  const theme = readTheme();
  return h('ul', { class: 'keys' }, names.map((name, at) => h('li', {},
    svg('svg', { viewBox: '0 0 12 12', width: '13', height: '13', 'aria-hidden': 'true' }, svg('path', { d: PATHS[pick(SYMBOLS, at)] ?? '', fill: pick(theme.cars, at) })), name)));
}
