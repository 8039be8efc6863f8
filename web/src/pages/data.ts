// Every table row and every source, searchable.
import { get, post } from '../api/client';
import type { Hit, SearchAnswer, Source, TableRow } from '../api/data';
import { barsHeight, barsOption } from '../charts/bars';
import { t } from '../i18n';
import { href } from '../state';
import { button, field, section, segmented, select } from '../ui/controls';
import { h, replace } from '../ui/dom';
import { figure } from '../ui/figure';
import { number, words as plain } from '../ui/format';
import { notice } from '../ui/notice';
import { Question } from '../ui/question';
import { csv, save } from '../ui/save';
import { statusMark, statusText } from '../ui/status';
import { table } from '../ui/table';
import { layout } from './layout';
import type { Mount } from './page';

const PAGE = 50;
const STATUSES = ['read', 'derived', 'recalled', 'assumption'] as const;

export const data: Mount = ({ state, root }) => {
  const say = t().data;
  const { controls, results, note } = layout(root, say.title, say.lead);
  const picture = figure();
  const counting = notice();
  const list = h('div', { class: 'facts' });
  results.append(h('div', { class: 'overview' }, counting.element, picture.element), list);
  const tab = (): string => state.text('tab', 'rows');
  const text = h('input', { attrs: { type: 'search', placeholder: say.placeholder } });
  text.value = state.text('text', '');
  let typing = 0;
  text.addEventListener('input', () => {
    clearTimeout(typing);
    typing = window.setTimeout(() => state.set({ text: text.value, offset: undefined }), 200);
  });
  const tableBox = h('div', {});
  controls.append(section(say.search,
    segmented(say.what, [{ value: 'rows', label: say.rows }, { value: 'sources', label: say.sources }], tab(), (value) => state.set({ tab: value, offset: undefined })),
    field(say.text, text), tableBox,
    select(say.status, [{ value: '', label: say.any }, ...STATUSES.map((status) => ({ value: status, label: statusText(status) }))], state.text('status', ''), (status) => state.set({ status, offset: undefined }))));

  let known: Source[] = [];
  const loaded = new Question<{ sources: Source[]; tables: TableRow[] }>(counting, async (signal) => {
    const [sources, tables] = await Promise.all([post<Source[]>('data/sources', {}, signal), get<TableRow[]>('data/tables', {}, signal)]);
    return { sources, tables };
  }, ({ sources, tables }) => {
    known = sources;
    replace(tableBox, select(say.table, [{ value: '', label: say.any }, ...[...tables].sort((a, b) => a.table.localeCompare(b.table)).map((one) => ({ value: one.table, label: `${one.table} (${number(one.rows, 6)})` }))], state.text('table', ''), (value) => state.set({ table: value, offset: undefined })));
    const sums = STATUSES.map((status) => sources.reduce((sum, source) => sum + source[status], 0));
    picture.draw({
      title: say.pictureTitle(number(sums.reduce((a, b) => a + b, 0), 6), number(sources.length, 6)), note: say.pictureNote, file: 'minewheel-data-status', height: barsHeight(STATUSES.length),
      option: (graphic) => barsOption(STATUSES.map((status, at) => ({ name: statusText(status), value: sums[at] ?? 0, foot: t().statusMeaning[status], colour: [graphic.theme.accent, graphic.theme.sequence[4], graphic.theme.stages.body, graphic.theme.stages.battery][at] })), say.values, graphic),
      rows: [['source', ...STATUSES], ...sources.map((source) => [source.key, ...STATUSES.map((status) => source[status])])], json: sources, source: say.pictureSource,
      onClick: (name) => state.set({ status: STATUSES.find((status) => statusText(status) === name), offset: undefined }),
    });
    if (tab() === 'sources') showSources();
  });

  const showSources = (): void => {
    if (known.length === 0) return;
    const wanted = state.text('text', '').toLowerCase();
    const status = state.text('status', '') as (typeof STATUSES)[number] | '';
    const found = known.filter((source) => `${source.key} ${source.title} ${source.authors} ${source.licence}`.toLowerCase().includes(wanted) && (status === '' || source[status] > 0));
    const offset = state.number('offset', 0);
    replace(list, h('div', { class: 'figure-head' }, h('h3', { text: say.found(number(found.length, 6)) }), exports('minewheel-sources', () => [['key', 'title', 'authors', 'year', 'link', 'licence', ...STATUSES], ...found.map((one) => [one.key, one.title, one.authors, one.year, one.link, one.licence, ...STATUSES.map((kind) => one[kind])])])),
      found.length === 0 ? h('p', { text: t().notice.none }) : table<Source>(say.sources, [
        { head: say.key, cell: (one) => h('a', { text: one.key, attrs: { href: href('data', { text: one.key }) } }) },
        { head: say.titleColumn, cell: (one) => [one.title, h('span', { class: 'hint block', text: [one.authors, one.year, one.link].filter((part) => part !== '' && part !== null).join(' · ') })] },
        { head: say.licence, cell: (one) => one.licence },
        ...STATUSES.map((kind) => ({ head: t().status[kind], numeric: true, cell: (one: Source) => number(one[kind], 6) })),
      ], found.slice(offset, offset + PAGE)), pager(found.length, offset));
  };

  const pager = (total: number, offset: number): HTMLElement | null => (total <= PAGE ? null : h('div', { class: 'row' },
    offset > 0 ? button(say.previous, () => state.set({ offset: Math.max(offset - PAGE, 0) || undefined })) : null,
    h('span', { class: 'hint', text: say.range(String(offset + 1), String(Math.min(offset + PAGE, total)), String(total)) }),
    offset + PAGE < total ? button(say.next, () => state.set({ offset: offset + PAGE })) : null));

  const exports = (file: string, rows: () => Array<Array<string | number | null>>): HTMLElement => h('div', { class: 'exports' }, h('button', { class: 'export', text: 'CSV', attrs: { type: 'button', 'aria-label': `${t().figure.save} CSV` }, on: { click: () => save(`${file}.csv`, csv(rows()), 'text/csv') } }));

  const found = new Question<SearchAnswer>(note, (signal) => get('data/search', { text: state.text('text', ''), table: state.optional('table'), status: state.optional('status'), offset: state.number('offset', 0), limit: PAGE }, signal), (answer) => {
    const link = (key: string): HTMLElement | string => (key ? h('a', { text: key, attrs: { href: href('data', { tab: 'sources', text: key }), title: known.find((one) => one.key === key)?.title } }) : '–');
    replace(list, h('div', { class: 'figure-head' }, h('h3', { text: say.found(number(answer.total, 6)) }), exports('minewheel-rows', () => [['table', 'line', 'id', 'value', 'unit', 'low', 'high', 'status', 'source', 'locator', 'note'], ...answer.rows.map((hit) => [hit.table, hit.line, hit.id, hit.value, hit.unit, hit.low, hit.high, hit.status, hit.source, hit.locator, hit.note])])),
      answer.rows.length === 0 ? h('p', { text: t().notice.none }) : table<Hit>(say.rows, [
        { head: say.about, cell: (hit) => [h('span', { class: 'strong', text: hit.id.replace(/ /g, ' · ') }), h('span', { class: 'hint block', text: `${hit.table}:${hit.line}` })] },
        { head: say.value, numeric: true, cell: (hit) => [hit.value, hit.low || hit.high ? h('span', { class: 'hint block', text: `[${hit.low} … ${hit.high}]` }) : null] },
        { head: say.unit, cell: (hit) => (hit.unit === '1' ? '' : plain(hit.unit)) },
        { head: say.status, cell: (hit) => (hit.status ? statusMark(hit.status) : '–') },
        { head: say.source, cell: (hit) => [link(hit.source), h('span', { class: 'hint block', text: [hit.locator, hit.note].filter(Boolean).join(' · ') })] },
      ], answer.rows), pager(answer.total, state.number('offset', 0)));
  });
  function ask(): void {
    if (tab() === 'sources') showSources();
    else found.ask([state.optional('text'), state.optional('table'), state.optional('status'), state.optional('offset')]);
  }
  state.onChange(ask);
  // rows first: the counts of all tables and sources take longer
  ask();
  loaded.ask('all');
  return { close: () => { clearTimeout(typing); loaded.stop(); found.stop(); picture.close(); } };
};
