// A car maker's programme with its suppliers: who holds carbon and doubt, what a budget changes, who has answered.
import { post } from '../api/client';
import type { Files, FootprintRequest, Plan, ProgrammeStatus, RequestState, RollUp } from '../api/suppliers';
import { barsHeight, barsOption } from '../charts/bars';
import { parseChoice } from '../car/choice';
import { placeName, t } from '../i18n';
import { button, section, segmented, select, slider } from '../ui/controls';
import { h, replace } from '../ui/dom';
import { facts } from '../ui/facts';
import { figure } from '../ui/figure';
import { number, percent } from '../ui/format';
import { notice, remarks } from '../ui/notice';
import { Question } from '../ui/question';
import { save } from '../ui/save';
import { table } from '../ui/table';
import { carLabel, carPicker } from './compare/cars';
import { layout } from './layout';
import type { Mount } from './page';
import { BY, carbonDrawings, deliveryName, reportedText, type By } from './suppliers/carbon';
import { fileList, ownFiles, usualBudget } from './suppliers/files';
import { curveDrawing, measureName, moneyDrawing, tonnes, yearsDrawing } from './suppliers/plan';

const STATES: RequestState[] = ['reported', 'fulfilled', 'open', 'rejected', 'not-asked'];
const MILLION = 1e6;
/** Rows of a table on the page; files hold all. */
const LISTED = 20;

export const suppliers: Mount = ({ state, info, root }) => {
  const say = t().suppliers;
  const { controls, results, note } = layout(root, say.title, say.lead);
  const [carbon, doubt, curve, years, money, requests] = [figure(), figure(), figure(), figure(), figure(), figure()];
  const [planNote, statusNote] = [notice(), notice()];
  const caution = h('p', { class: 'caution' });
  const said = h('p', { class: 'answer' });
  const planned = h('p', { class: 'answer small' });
  const decisions = h('div', { class: 'facts' });
  const states = h('div', { class: 'facts' });
  const foot = h('div', { class: 'foot' });
  const head = h('div', {});
  caution.hidden = true;
  results.append(caution, said, head, h('div', { class: 'pair' }, carbon.element, doubt.element),
    h('h2', { class: 'rule-head', text: say.planHead }), planNote.element, planned, curve.element, h('div', { class: 'pair' }, years.element, money.element), decisions,
    h('h2', { class: 'rule-head', text: say.requestsHead }), statusNote.element, requests.element, states, foot);

  const car = (): string => parseChoice(state.text('car', 'vw-id3-58')).base;
  const isOwn = (): boolean => state.flag('own') && own !== null;
  const by = (): By => BY.find((one) => one === state.text('by', '')) ?? 'supplier';
  let own = ownFiles();
  let files: Files = {};
  let listed: RollUp | null = null;

  const name = h('p', { class: 'picked' });
  const madeUp = h('div', { class: 'file-box' }, name, carPicker(info, t().explain.another, (id) => state.set({ car: id, without: undefined })),
    slider(say.count, say.works, 40, 400, 20, state.number('count', 220), (count) => state.set({ count, without: undefined })),
    slider(say.seed, '', 1, 20, 1, state.number('seed', 1), (seed) => state.set({ seed, without: undefined })), h('p', { class: 'hint', text: say.seedHint }));
  const list = fileList(isOwn, (next) => {
    if (next !== null) own = next;
    state.set({ own: next !== null, without: undefined, budget: undefined });
  });
  const budgetBox = h('div', {});
  const withoutBox = h('div', {});
  controls.append(
    section(say.chain, madeUp), section(say.files, list.element),
    section(say.plan, budgetBox, withoutBox),
    section(say.show, segmented(say.by, BY.map((one) => ({ value: one, label: say.byKinds[one] })), by(), (value) => state.set({ by: value })),
      slider(say.most, say.bars, 5, 40, 5, state.number('most', 15), (most) => state.set({ most }))));

  const body = (more: Record<string, unknown> = {}): Record<string, unknown> => ({ folder: { files }, ...more });
  const chain = new Question<Files>(note, async (signal) => {
    if (isOwn() && own !== null) return own;
    const made = await post<{ files: Files }>('suppliers/synthesise', { car: car(), count: state.number('count', 220), seed: state.number('seed', 1) }, signal);
    return made.files;
  }, (found) => {
    if (found !== files) {
      files = found;
      replace(budgetBox, budgetSlider());
    }
    list.show(found);
    askAbout();
  });

  const sum = new Question<RollUp>(note, (signal) => post('suppliers/rollup', body(), signal), (answer) => {
    caution.hidden = !answer.is_synthetic;
    caution.textContent = say.synthetic(info.cars.find((one) => one.id === answer.car)?.name ?? answer.car);
    replace(said, say.answer(info.cars.find((one) => one.id === answer.car)?.name ?? answer.car, number(tonnes(answer.production_kg)), String(answer.suppliers.length), percent(answer.named_share), percent(answer.primary_data_share)));
    replace(head, facts([
      { label: say.facts.production, value: number(answer.production_kg, 4), unit: 'kg CO₂e', detail: `± ${number(answer.deviation_kg)} (${say.deviation})` },
      { label: say.facts.modelled, value: number(answer.modelled_production_kg, 4), unit: 'kg CO₂e' },
      { label: say.facts.named, value: number(answer.suppliers_kg, 4), unit: 'kg CO₂e', detail: percent(answer.named_share) },
      { label: say.facts.unnamed, value: number(answer.unnamed_kg), unit: 'kg CO₂e' },
      { label: say.facts.plant, value: number(answer.works_kg), unit: 'kg CO₂e' },
      { label: say.facts.primary, value: percent(answer.primary_data_share) },
    ]));
    const drawings = carbonDrawings(answer, by(), state.number('most', 15));
    carbon.draw(drawings.carbon);
    doubt.draw(drawings.doubt);
    replace(foot, remarks(answer.notices));
    if (answer === listed) return;
    listed = answer;
    const chosen = state.text('without', '');
    replace(withoutBox, select(say.without, [{ value: '', label: say.nobody }, ...answer.suppliers.map((line) => ({ value: line.supplier, label: `${line.supplier}, ${placeName(line.place)}: ${line.delivers.map(deliveryName).join('; ')}` }))], chosen, (without) => state.set({ without })));
  });

  const plan = new Question<Plan>(planNote, (signal) => {
    const budget = state.optional('budget');
    const without = state.optional('without');
    return post('suppliers/plan', body({ ...(budget === undefined ? {} : { budget: Number(budget) * MILLION }), ...(without === undefined ? {} : { without: [without] }) }), signal);
  }, (answer) => {
    const verdict = answer.meets_targets ? say.met : answer.targets_within_reach ? say.missed : say.beyondReach;
    planned.textContent = say.planAnswer(String(answer.decisions.length), String(answer.measures), number(tonnes(answer.abated_kg)), `${answer.years[0]?.year ?? ''}–${answer.years.at(-1)?.year ?? ''}`, verdict);
    curve.draw(curveDrawing(answer));
    years.draw(yearsDrawing(answer));
    money.draw(moneyDrawing(answer));
    const largest = [...answer.decisions].sort((a, b) => b.abated_kg_per_year - a.abated_kg_per_year).slice(0, LISTED);
    replace(decisions, h('h3', { text: say.decisionsTitle(largest.length, answer.decisions.length) }), table(say.decisionsTitle(largest.length, answer.decisions.length), [
      { head: say.supplier, cell: (one) => one.supplier },
      { head: say.measure, cell: (one) => measureName(one.measure) },
      { head: say.decided, numeric: true, cell: (one) => String(one.year) },
      { head: say.effective, numeric: true, cell: (one) => String(one.effective_year) },
      { head: say.tonnesYear, numeric: true, cell: (one) => number(tonnes(one.abated_kg_per_year)) },
      { head: say.investment, numeric: true, cell: (one) => number(one.investment_usd) },
      { head: say.curveY, numeric: true, cell: (one) => number(one.usd_per_tonne) },
    ], largest));
  });

  const budgetSlider = (): HTMLElement => {
    const usual = usualBudget(files) / MILLION;
    const value = state.optional('budget') === undefined ? Number(usual.toPrecision(3)) : state.number('budget', 0);
    const most = Math.max(usual * 4, value, 1);
    const step = 10 ** Math.floor(Math.log10(most / 100));
    return slider(say.budgetYear, say.millions, 0, Math.ceil(most / step) * step, step, value, (budget) => state.set({ budget }));
  };

  const standing = new Question<ProgrammeStatus>(statusNote, (signal) => post('suppliers/status', body(), signal), (answer) => {
    const wanted = state.text('request', '');
    const counts = STATES.map((one) => ({ state: one, count: answer.requests[one] ?? 0 }));
    requests.draw({
      title: say.requestsTitle, note: say.requestsNote, file: 'minewheel-suppliers-requests', height: barsHeight(counts.length),
      option: (graphic) => barsOption(counts.map(({ state: one, count }) => ({ name: say.states[one], value: count, label: String(count), colour: one === 'not-asked' || one === 'rejected' ? graphic.theme.stages.battery : one === 'open' ? graphic.theme.stages.body : graphic.theme.accent })), say.works, graphic),
      rows: [['supplier', 'tier', 'reported', 'request', 'measures done', 'measures', 'kg CO2e a car'], ...answer.suppliers.map((one) => [one.supplier, one.tier, one.reported, one.request, one.measures_done, one.measures, one.kg_co2e])],
      json: answer, source: say.requestsSource,
      onClick: (clicked) => {
        const found = STATES.find((one) => say.states[one] === clicked);
        state.set({ request: found === wanted ? undefined : found });
      },
    });
    const found = answer.suppliers.filter((one) => wanted === '' || one.request === wanted);
    const shown = found.slice(0, LISTED);
    const heading = wanted === '' ? say.statesTitle(shown.length, found.length) : `${say.states[wanted as RequestState] ?? wanted}: ${say.statesTitle(shown.length, found.length)}`;
    replace(states, h('div', { class: 'figure-head' }, h('h3', { text: heading }), h('div', { class: 'row' },
      wanted === '' ? null : button(say.allStates, () => state.set({ request: undefined })), button(say.saveRequests, () => void saveRequests()))),
    table(heading, [
      { head: say.supplier, cell: (one) => one.supplier },
      { head: say.tier, numeric: true, cell: (one) => String(one.tier) },
      { head: say.reportedHead, cell: (one) => reportedText(one.reported) },
      { head: say.request, cell: (one) => say.states[one.request] },
      { head: say.done, numeric: true, cell: (one) => `${one.measures_done} / ${one.measures}` },
      { head: say.carbonUnit, numeric: true, cell: (one) => number(one.kg_co2e) },
    ], shown));
  });

  const saveRequests = async (): Promise<void> => {
    try {
      const made = await post<FootprintRequest[]>('suppliers/request', body());
      save('requests.json', `${JSON.stringify(made.map((one) => one.event), null, 2)}\n`, 'application/json');
    } catch (error) {
      statusNote.fail(error);
    }
  };

  const chainKey = (): unknown => (isOwn() ? own : [car(), state.number('count', 220), state.number('seed', 1)]);
  const askAbout = (): void => {
    sum.ask(chainKey());
    plan.ask([chainKey(), state.optional('budget'), state.optional('without')]);
    standing.ask(chainKey());
  };
  const ask = (): void => {
    madeUp.hidden = isOwn();
    name.textContent = carLabel(info, parseChoice(car()));
    chain.ask(chainKey());
  };
  state.onChange(ask);
  ask();
  return { close: () => { for (const one of [chain, sum, plan, standing]) one.stop(); for (const one of [carbon, doubt, curve, years, money, requests]) one.close(); } };
};
