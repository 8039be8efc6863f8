// Published statements, recomputed and judged.
import { post } from '../api/client';
import type { CaseAnswer, CaseRow } from '../api/policy';
import { t } from '../i18n';
import { href } from '../state';
import { h, replace, type Child } from '../ui/dom';
import { number, words as plain } from '../ui/format';
import { notice } from '../ui/notice';
import { Question } from '../ui/question';
import { csv, save, type Cell } from '../ui/save';
import { statusMark } from '../ui/status';
import { table } from '../ui/table';
import { layout } from './layout';
import type { Mount } from './page';

const SIGNS: Record<string, string> = { true: '✓', false: '✗', depends: '≈', 'not-decidable': '?' };
const MOST_ROWS = 40;

type Row = Record<string, unknown>;

/** Lists of rows in an answer become tables; each case has its own. */
function lists(answer: Row, path = ''): Array<[string, Row[]]> {
  return Object.entries(answer).flatMap(([key, value]): Array<[string, Row[]]> => {
    if (key === 'case' || key === 'rule') return [];
    const name = path ? `${path}, ${plain(key)}` : plain(key);
    if (Array.isArray(value) && value.length > 0 && typeof value[0] === 'object' && value[0] !== null && !Array.isArray(value[0])) return [[name, value as Row[]]];
    return [];
  });
}

function cell(value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'number') return number(value);
  if (typeof value === 'boolean') return value ? '✓' : '✗';
  if (Array.isArray(value)) return value.map(cell).join('; ');
  if (typeof value === 'object') return Object.entries(value).map(([key, inner]) => `${plain(key)} ${cell(inner)}`).join('; ');
  return String(value);
}

function tables(answer: CaseAnswer): Child[] {
  return lists(answer as unknown as Row).map(([name, rows]) => {
    const heads = Object.keys(rows[0] ?? {});
    const file: Cell[][] = [heads, ...rows.map((row) => heads.map((head) => cell(row[head])))];
    return h('section', { class: 'facts' },
      h('div', { class: 'figure-head' }, h('h3', { text: `${name} (${rows.length})` }), h('div', { class: 'exports' },
        h('button', { class: 'export', text: 'CSV', attrs: { type: 'button', 'aria-label': `${t().figure.save} CSV: ${name}` }, on: { click: () => save(`${answer.case.id}.csv`, csv(file), 'text/csv') } }),
        h('button', { class: 'export', text: 'JSON', attrs: { type: 'button', 'aria-label': `${t().figure.save} JSON: ${name}` }, on: { click: () => save(`${answer.case.id}.json`, JSON.stringify(answer, null, 2), 'application/json') } }))),
      table(name, heads.map((head) => ({ head: plain(head), numeric: typeof rows[0]?.[head] === 'number', cell: (row: Row) => cell(row[head]) })), rows.slice(0, MOST_ROWS)),
      rows.length > MOST_ROWS ? h('p', { class: 'hint', text: t().cases.more(rows.length - MOST_ROWS) }) : null);
  });
}

export const cases: Mount = ({ state, root }) => {
  const say = t().cases;
  const { controls, results, note } = layout(root, say.title, say.lead);
  const side = notice();
  const answerBox = h('div', { class: 'results' });
  const list = h('nav', { class: 'case-list', attrs: { 'aria-label': say.title } });
  controls.append(list);
  results.append(side.element, answerBox);
  let rows: CaseRow[] = [];
  const id = (): string => state.text('case', rows[0]?.id ?? '');

  const run = new Question<CaseAnswer>(side, (signal) => post('case/run', { name: id() }, signal), (answer) => {
    const { case: row } = answer;
    replace(answerBox,
      h('article', { class: 'case' },
        h('h2', { class: 'case-title', text: row.title }),
        h('blockquote', { text: row.statement }),
        h('p', { class: 'source' }, `${row.said_by}, ${row.year} · `, h('a', { text: row.source, attrs: { href: href('data', { tab: 'sources', text: row.source }) } }), ' · ', statusMark(row.status)),
        h('p', { class: 'answer' }, h('strong', { class: `verdict verdict-${answer.verdict}`, text: `${SIGNS[answer.verdict] ?? ''} ${say.verdicts[answer.verdict as keyof typeof say.verdicts] ?? answer.verdict}` })),
        h('p', { class: 'case-words', text: answer.words }),
        typeof answer.rule['rule'] === 'string' ? h('details', { attrs: { open: true } }, h('summary', { text: say.rule }), h('p', { class: 'hint', text: String(answer.rule['rule']) })) : null,
        row.note ? h('details', {}, h('summary', { text: say.note }), h('p', { class: 'hint', text: row.note })) : null),
      tables(answer));
  });
  const listed = new Question<CaseRow[]>(note, (signal) => post('case/list', {}, signal), (answer) => {
    rows = answer;
    replace(list, h('ul', {}, answer.map((row) => h('li', {}, h('a', { text: row.title, attrs: { href: href('cases', { case: row.id }), 'aria-current': row.id === id() ? 'true' : undefined } })))));
    run.ask(id());
  });
  listed.ask('list');
  return { close: () => { listed.stop(); run.stop(); } };
};
