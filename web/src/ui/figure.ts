// A chart with its title, its source line, its table for readers and its four exports.
import type { Chart, Option } from '../charts/engine';
import { px, readTheme, type Theme } from '../charts/theme';
import { t } from '../i18n';
import { freshId, h, replace, type Child } from './dom';
import { drawnKeys, keyList, type Key } from './legend';
import { csv, save, type Cell } from './save';

// Headings, controls and tables do not wait for the drawing engine, which is most of the program.
let echarts: typeof import('../charts/engine')['echarts'] | undefined;
let loading: Promise<void> | undefined;

function engine(): Promise<void> {
  loading ??= new Promise((resolve) => { setTimeout(resolve); }).then(() => import('../charts/engine')).then((module) => { echarts = module.echarts; });
  return loading;
}

export interface Graphic {
  theme: Theme;
  width: number;
  narrow: boolean;
}

export interface Drawing {
  title: string;
  /** What the axis measures and how to read the picture, in a line. */
  note?: string;
  file: string;
  height: (width: number) => number;
  option: (graphic: Graphic) => Option;
  /** First row: heads. The same rows are the table below the chart and the CSV. */
  rows: Cell[][];
  json: unknown;
  source: string;
  keys?: Key[];
  /** Heads or other words between the note and the picture. */
  legend?: Child;
  /** Rows of the table as elements, where they carry links. */
  table?: HTMLElement;
  onClick?: (name: string, series: string, data: unknown) => void;
}

export interface Figure {
  element: HTMLElement;
  draw(drawing: Drawing): void;
  /** Says why there is nothing to draw. */
  empty(title: string, why: string): void;
  close(): void;
}

const EXPORT_WIDTH = 1200;

/** Moves what a box holds at its top or bottom by so many pixels. */
function shift(box: unknown, top: number, bottom: number): void {
  for (const one of Array.isArray(box) ? (box as unknown[]) : [box]) {
    const edges = one as { top?: unknown; bottom?: unknown } | undefined;
    if (typeof edges?.top === 'number') edges.top += top;
    if (typeof edges?.bottom === 'number') edges.bottom += bottom;
  }
}

/** The picture for a file: with title, keys and source, which on the page stand beside it. */
async function exportChart(drawing: Drawing, renderer: 'svg' | 'canvas'): Promise<Chart> {
  const { echarts: drawn } = await import('../charts/engine');
  const theme = readTheme();
  const keys = drawnKeys(drawing.keys ?? [], theme, EXPORT_WIDTH, px(44));
  const head = px(44) + keys.height;
  const foot = px(44);
  const height = drawing.height(EXPORT_WIDTH) + head + foot;
  const chart = renderer === 'svg'
    ? drawn.init(null, null, { renderer, ssr: true, width: EXPORT_WIDTH, height })
    : drawn.init(document.createElement('div'), null, { renderer, width: EXPORT_WIDTH, height, devicePixelRatio: 2 });
  const option = drawing.option({ theme, width: EXPORT_WIDTH, narrow: false });
  shift(option.grid, head, foot);
  shift(option.series, head, foot);
  chart.setOption({
    ...option,
    animation: false,
    backgroundColor: theme.paper,
    title: { text: drawing.title, left: 16, top: px(12), textStyle: { color: theme.ink, fontSize: px(18), fontWeight: 600, fontFamily: theme.sans } },
    graphic: [
      ...keys.elements,
      { type: 'text', left: 16, bottom: 8, style: { text: drawing.source, fill: theme.soft, fontSize: px(11), fontFamily: theme.sans, width: EXPORT_WIDTH - 32, overflow: 'break' } },
    ] as never,
  });
  return chart;
}

async function exportSvg(drawing: Drawing): Promise<void> {
  const chart = await exportChart(drawing, 'svg');
  save(`${drawing.file}.svg`, chart.renderToSVGString(), 'image/svg+xml');
  chart.dispose();
}

async function exportPng(drawing: Drawing): Promise<void> {
  const chart = await exportChart(drawing, 'canvas');
  const canvas = chart.renderToCanvas({ pixelRatio: 2, backgroundColor: readTheme().paper });
  canvas.toBlob((blob) => {
    if (blob) save(`${drawing.file}.png`, blob, 'image/png');
    chart.dispose();
  }, 'image/png');
}

function plainTable(drawing: Drawing): HTMLElement {
  const [heads = [], ...rows] = drawing.rows;
  const numeric = heads.map((_, at) => rows.some((row) => typeof row[at] === 'number'));
  const show = (cell: Cell): string => (typeof cell === 'number' ? String(Number(cell.toPrecision(6))) : String(cell ?? '–'));
  return h('div', { class: 'table-scroll', attrs: { tabindex: 0, role: 'region', 'aria-label': drawing.title } }, h('table', {},
    h('thead', {}, h('tr', {}, heads.map((head, at) => h('th', { text: String(head ?? ''), class: numeric[at] ? 'num' : '', attrs: { scope: 'col' } })))),
    h('tbody', {}, rows.map((row) => h('tr', {}, row.map((cell, at) => (at === 0
      ? h('th', { text: show(cell), attrs: { scope: 'row' } })
      : h('td', { text: show(cell), class: numeric[at] ? 'num' : '' }))))))));
}

export function figure(): Figure {
  void engine();
  const titleId = freshId('figure');
  const title = h('h3', { id: titleId });
  const note = h('p', { class: 'figure-note' });
  const legend = h('div', { class: 'legend' });
  const canvas = h('div', { class: 'canvas', attrs: { role: 'img', 'aria-labelledby': titleId } });
  const source = h('p', { class: 'source' });
  const body = h('div', { class: 'figure-table' });
  const details = h('details', {}, h('summary', { text: t().figure.table }), body);
  let drawing: Drawing | null = null;
  let chart: Chart | null = null;
  let closed = false;
  const button = (label: string, act: (of: Drawing) => void): HTMLElement =>
    h('button', { class: 'export', text: label, attrs: { type: 'button', 'aria-label': `${t().figure.save} ${label}` }, on: { click: () => drawing && act(drawing) } });
  const tools = h('div', { class: 'exports', attrs: { role: 'group', 'aria-label': t().figure.exports } },
    button('PNG', (of) => void exportPng(of)), button('SVG', (of) => void exportSvg(of)),
    button('CSV', (of) => save(`${of.file}.csv`, csv(of.rows), 'text/csv')),
    button('JSON', (of) => save(`${of.file}.json`, `${JSON.stringify(of.json, null, 2)}\n`, 'application/json')));
  const element = h('figure', { class: 'figure' }, h('div', { class: 'figure-head' }, title, tools), note, legend, canvas, source, details);
  element.hidden = true;

  // the observer tells the width: asking the element for it would lay the page out again for each figure
  let width = 0;
  let height = 0;
  const paint = (): void => {
    if (!drawing || width === 0 || closed) return;
    if (!echarts) {
      void engine().then(paint);
      return;
    }
    const theme = readTheme();
    replace(legend, drawing.keys && drawing.keys.length > 0 ? keyList(drawing.keys) : null, drawing.legend);
    legend.hidden = legend.childElementCount === 0;
    const wanted = drawing.height(width);
    const isResized = wanted !== height || chart?.getWidth() !== width;
    height = wanted;
    canvas.style.height = `${height}px`;
    if (!chart) {
      chart = echarts.init(canvas, null, { renderer: 'svg', width, height });
      chart.on('click', (event) => drawing?.onClick?.(event.name, event.seriesName ?? '', event.data));
    } else if (isResized) chart.resize({ width, height });
    const reduced = matchMedia('(prefers-reduced-motion: reduce)').matches;
    chart.setOption({ animationDuration: reduced ? 0 : 240, animationDurationUpdate: reduced ? 0 : 180, ...drawing.option({ theme, width, narrow: width < 560 }) }, { replaceMerge: ['series', 'xAxis', 'yAxis', 'grid', 'visualMap'] });
  };
  const observer = new ResizeObserver(([entry]) => {
    const next = Math.floor(entry?.contentRect.width ?? 0);
    if (next !== width) {
      width = next;
      paint();
    }
  });
  observer.observe(canvas);
  document.addEventListener('minewheel-theme', paint);
  details.addEventListener('toggle', () => {
    if (details.open && drawing) replace(body, drawing.table ?? plainTable(drawing));
  });

  return {
    element,
    draw(next) {
      drawing = next;
      element.hidden = false;
      element.classList.remove('is-empty');
      title.textContent = next.title;
      note.textContent = next.note ?? '';
      note.hidden = !next.note;
      source.textContent = next.source;
      if (details.open) replace(body, next.table ?? plainTable(next));
      canvas.dataset['ready'] = '1';
      paint();
    },
    empty(name, why) {
      drawing = null;
      element.hidden = false;
      element.classList.add('is-empty');
      title.textContent = name;
      note.hidden = false;
      note.textContent = why;
      chart?.clear();
      height = 0;
      canvas.style.height = '0';
    },
    close() {
      closed = true;
      observer.disconnect();
      document.removeEventListener('minewheel-theme', paint);
      chart?.dispose();
    },
  };
}
