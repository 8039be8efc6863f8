// A rule set held against a car or a file of a company: clause by clause, with margin, status and source.
import { post } from '../api/client';
import type { RuleChange, RuleClause, RulesCheck, RuleSet, Verdict } from '../api/policy';
import { barsHeight, barsOption } from '../charts/bars';
import { carArgument, decode, encode, parseChoice } from '../car/choice';
import { t } from '../i18n';
import { href } from '../state';
import { button, field, fileButton, section, select } from '../ui/controls';
import { h, replace } from '../ui/dom';
import { figure } from '../ui/figure';
import { number, percent, words as plain } from '../ui/format';
import { notice } from '../ui/notice';
import { Question } from '../ui/question';
import { statusMark, statusText } from '../ui/status';
import { table } from '../ui/table';
import { carLabel, carPicker } from './compare/cars';
import { layout } from './layout';
import type { Mount } from './page';

const SIGNS = { pass: '✓', fail: '✗', unknown: '?' } as const;

export const rules: Mount = ({ state, info, root }) => {
  const say = t().rules;
  const { controls, results, note } = layout(root, say.title, say.lead);
  const name = h('p', { class: 'picked' });
  const setBox = h('div', {});
  const otherBox = h('div', {});
  const head = h('div', {});
  const picture = figure();
  const verdicts = h('div', { class: 'facts' });
  const side = notice();
  const changes = h('div', { class: 'facts' });
  results.append(head, picture.element, verdicts, h('h2', { class: 'rule-head', text: say.diffTitle }), side.element, changes);
  const car = (): string => state.text('car', 'byd-dolphin-60');
  const set = (): string => state.text('set', 'eu-2023-1542');
  const written = h('textarea', { attrs: { rows: 10, spellcheck: 'false', placeholder: '[company]' } });
  const file = (): string => decode(state.text('file', ''));
  written.value = file();
  written.addEventListener('change', () => state.set({ file: written.value.trim() === '' ? undefined : encode(written.value) }));
  /** The quantities that the set asks about, by subject, for somebody to fill. */
  const template = async (): Promise<void> => {
    try {
      const clauses = await post<RuleClause[]>('rules/list', { set: set() });
      const subjects = [...new Set(clauses.map((one) => one.subject))].filter((one) => one !== 'document');
      written.value = subjects.map((subject) => {
        const keys = [...new Map(clauses.filter((one) => one.subject === subject).map((one) => [one.quantity, one])).values()];
        return [subject === 'company' ? `[${subject}]` : `[[${subject}]]`, `name = "${subject}"`, ...keys.map((one) => `# ${one.quantity} =    # ${one.title}: ${one.asked}`)].join('\n');
      }).join('\n\n');
    } catch (error) {
      note.fail(error);
    }
  };
  let sets: RuleSet[] = [];
  const date = h('input', { attrs: { type: 'date', value: state.text('date', '') } });
  date.addEventListener('change', () => state.set({ date: date.value || undefined }));
  controls.append(
    section(say.set, setBox, field(say.date, date, say.dateHint)),
    section(say.subject, name, carPicker(info, t().explain.another, (id) => { written.value = ''; state.set({ car: id, file: undefined }); }),
      fileButton(say.openFile, '.toml', (text) => { written.value = text; state.set({ file: encode(text) }); }), field(say.written, written, say.fileHint),
      button(say.template, () => void template())),
    section(say.diffTitle, otherBox));

  const listed = new Question<RuleSet[]>(note, (signal) => post('rules/list', {}, signal), (answer) => {
    sets = answer;
    const choices = answer.map((one) => ({ value: one.set, label: `${one.title}${one.is_draft ? ` (${say.draft})` : ''}` }));
    replace(setBox, select(say.set, choices, set(), (value) => state.set({ set: value, other: undefined })));
    const family = answer.find((one) => one.set === set())?.family;
    const others = answer.filter((one) => one.family === family && one.set !== set());
    replace(otherBox, others.length === 0 ? h('p', { class: 'hint', text: say.noOther })
      : select(say.against, [{ value: '', label: '–' }, ...others.map((one) => ({ value: one.set, label: one.title }))], state.text('other', ''), (value) => state.set({ other: value || undefined })));
  });
  const checked = new Question<RulesCheck>(note, async (signal) => post('rules/check', {
    set: set(), file: file() !== '' ? { toml: file() } : await carArgument(parseChoice(car())), ...(state.optional('date') ? { date: state.text('date', '') } : {}),
  }, signal), (answer) => {
    const label = file() !== '' ? say.written : carLabel(info, parseChoice(car()));
    name.textContent = label;
    const edition = sets.find((one) => one.set === answer.edition);
    replace(head, h('p', { class: 'answer' }, `${label}: `, h('strong', { text: `${SIGNS[answer.verdict as keyof typeof SIGNS] ?? ''} ${say.verdicts[answer.verdict as keyof typeof say.verdicts] ?? answer.verdict}` }), ` · ${answer.title}`),
      edition ? h('p', { class: 'source', text: `${edition.body} · ${say.inForce} ${edition.in_force ?? '–'}${edition.replaced ? ` · ${say.replaced} ${edition.replaced}` : ''}` }) : null,
      answer.decision ? h('p', { text: answer.decision.words }) : null,
      answer.changes.length > 0 ? h('div', {}, h('h3', { text: say.changes }), h('ul', { class: 'plain' }, answer.changes.map((one) => h('li', { text: `${one.subject}: ${one.words}` })))) : null);
    const kinds = ['pass', 'fail', 'unknown'] as const;
    picture.draw({
      title: say.countTitle, note: say.countNote, file: 'minewheel-rules', height: barsHeight(3),
      option: (graphic) => barsOption(kinds.map((kind) => ({
        name: `${SIGNS[kind]} ${say.verdicts[kind]}`, value: answer.binding[kind] + answer.other[kind], label: say.counts(answer.binding[kind], answer.other[kind]),
        colour: kind === 'pass' ? graphic.theme.accent : kind === 'fail' ? graphic.theme.stages.battery : graphic.theme.stages.end,
      })), say.clauses, graphic),
      rows: [['clause', 'subject', 'quantity', 'operator', 'required', 'value', 'unit', 'verdict', 'force', 'status', 'source', 'locator'], ...answer.verdicts.map((one) => [one.clause, one.subject, one.quantity, one.operator, String(one.required), one.value === null ? null : String(one.value), one.unit, one.verdict, one.force, one.status, one.source, one.locator])],
      json: answer, source: `${t().battery.weakest}: ${statusText(answer.weakest_status)}`,
    });
    const show = (value: Verdict['value'], unit: string): string => (value === null ? '–' : typeof value === 'number' ? `${number(value)} ${unit === 'percent' ? '%' : unit.replace('_co2e', ' CO₂e')}` : value === true ? say.yes : value === false ? say.no : String(value));
    replace(verdicts, h('h3', { text: say.clauses }), table<Verdict>(say.clauses, [
      { head: say.clause, cell: (row) => [h('span', { class: 'strong', text: row.title }), h('span', { class: 'hint block', text: `${row.clause} · ${row.subject} · ${row.force}${row.from ? ` · ${say.from} ${row.from}` : ''}` })] },
      { head: say.required, cell: (row) => `${row.operator === 'is' ? '' : row.operator.replace('>=', '≥').replace('<=', '≤')} ${show(row.required, row.unit)}` },
      { head: say.value, cell: (row) => [show(row.value, row.unit), row.value_range ? ` [${number(row.value_range[0])}–${number(row.value_range[1])}]` : ''] },
      { head: say.verdict, cell: (row) => [h('span', { class: `verdict verdict-${row.verdict}`, text: `${SIGNS[row.verdict]} ${say.verdicts[row.verdict]}` }), row.reason ? h('span', { class: 'hint block', text: row.reason }) : null] },
      { head: t().data.status, cell: (row) => statusMark(row.status) },
      { head: t().data.source, cell: (row) => [h('a', { text: row.source, attrs: { href: href('data', { tab: 'sources', text: row.source }) } }), `, ${row.locator}`] },
    ], answer.verdicts));
  });
  const compared = new Question<RuleChange[] | null>(side, async (signal) => (state.optional('other') ? post<RuleChange[]>('rules/diff', { first: state.text('other', ''), second: set() }, signal) : null), (answer) => {
    replace(changes, answer === null ? h('p', { class: 'hint', text: say.pickOther }) : answer.length === 0 ? h('p', { text: t().notice.none }) : table<RuleChange>(say.diffTitle, [
      { head: say.clause, cell: (row) => row.title },
      { head: state.text('other', ''), cell: (row) => row.first ?? '–' },
      { head: set(), cell: (row) => row.second ?? '–' },
      { head: say.turn, cell: (row) => `${say.turns[row.turn as keyof typeof say.turns] ?? plain(row.turn)}${row.relative === null ? '' : ` (${row.relative > 0 ? '+' : ''}${percent(row.relative)})`}` },
      { head: t().data.status, cell: (row) => statusMark(row.status) },
    ], answer));
  });
  function ask(): void {
    listed.ask([set(), state.optional('other')]);
    checked.ask([set(), file() || car(), state.optional('date')]);
    compared.ask([set(), state.optional('other')]);
  }
  state.onChange(ask);
  ask();
  return { close: () => { for (const one of [listed, checked, compared]) one.stop(); picture.close(); } };
};
