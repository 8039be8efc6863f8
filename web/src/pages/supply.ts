// Who makes what at each tier, what a ban would change, and what a stop does day by day.
import { post } from '../api/client';
import type { SupplyAnswer } from '../api/supply';
import { barsHeight, barsOption } from '../charts/bars';
import { carArgument, parseChoice } from '../car/choice';
import { placeName, t, term } from '../i18n';
import { section, select, slider } from '../ui/controls';
import { h, replace } from '../ui/dom';
import { facts } from '../ui/facts';
import { figure, type Figure } from '../ui/figure';
import { number, percent } from '../ui/format';
import { remarks } from '../ui/notice';
import { Question } from '../ui/question';
import { placeChoices } from '../ui/scenario';
import { statusMark, statusText } from '../ui/status';
import { table } from '../ui/table';
import { carLabel, carPicker } from './compare/cars';
import { ranked } from './flow/build';
import { layout } from './layout';
import type { Mount } from './page';
import { banPart } from './supply/ban';
import { stopPart } from './supply/stop';

const MATERIALS = ['lithium', 'nickel', 'cobalt', 'manganese', 'graphite', 'copper', 'aluminium', 'neodymium', 'dysprosium', 'cells', 'gallium', 'rare-earths', 'silicon-carbide-wafers'];

export const supply: Mount = ({ state, info, root }) => {
  const say = t().supply;
  const { controls, results, note } = layout(root, say.title, say.lead);
  const name = h('p', { class: 'picked' });
  const picture = figure();
  const head = h('div', {});
  const tiers = h('div', { class: 'pair' });
  const tiersHead = h('h2', { class: 'rule-head' });
  const listing = h('div', { class: 'facts' });
  const foot = h('div', { class: 'foot' });
  const car = (): string => state.text('car', 'vw-id3-58');
  const of = (): string => state.text('of', 'car');
  const onCar = (): boolean => of() === 'car';
  const ban = banPart(state, info, car);
  const stop = stopPart(state, info, car);
  results.append(head, picture.element, tiersHead, tiers, ban.element, stop.element, listing, foot);
  const placeOf = (key: string, label: string, fallback: string): HTMLElement => select(label, [{ value: '', label: say.auto }, ...placeChoices(info, (id) => !id.startsWith('CN-'))], state.text(key, fallback), (value) => state.set({ [key]: value || undefined }));
  controls.append(
    section(say.subject,
      select(say.of, [{ value: 'car', label: say.wholeCar }, ...MATERIALS.map((id) => ({ value: id, label: term('materials', id) }))], of(), (value) => state.set({ of: value === 'car' ? undefined : value })),
      name, carPicker(info, t().explain.another, (id) => state.set({ car: id })),
      placeOf('for', say.buyer, ''), placeOf('on', say.weight, 'CN'),
      slider(t().scenario.year, '', 2020, 2024, 1, state.number('year', 2024), (year) => state.set({ year }))),
    section(say.banTitle, ban.controls), section(say.stopTitle, stop.controls));
  let drawn: Figure[] = [];

  // The parts below take far longer to answer than the tiers and would keep the machine from drawing them.
  let tiersAsked = false;
  const askParts = (): void => {
    tiersAsked = true;
    ban.ask();
    stop.ask();
  };
  const question = new Question<SupplyAnswer>(note, async (signal) => {
    try {
      return await post('supply', {
        name: onCar() ? await carArgument(parseChoice(car())) : of(), year: state.number('year', 2024), on: state.text('on', 'CN'), ...(state.optional('for') ? { for: state.text('for', '') } : {}),
      }, signal);
    } finally {
      if (!tiersAsked) askParts();
    }
  }, (answer) => {
    name.textContent = carLabel(info, parseChoice(car()));
    const rows = answer.materials.flatMap((material) => material.tiers.map((tier) => ({ material, tier })));
    const dominant = placeName(answer.dominant);
    const subject = onCar() ? carLabel(info, parseChoice(car())) : term('materials', answer.subject);
    replace(head, facts([
      { label: say.facts.buyer, value: placeName(answer.buyer) },
      { label: say.facts.dominated(dominant), value: `${answer.dominated.length} / ${answer.dominated.length + answer.not_dominated.length}`, unit: say.tiersUnit },
      { label: say.facts.binding, value: answer.binding.split('/').map((part) => term(part === answer.binding.split('/')[1] ? 'tiers' : 'terms', part)).join(', ') },
    ]));
    const bars = rows.filter(({ tier }) => tier.dependence !== null).sort((a, b) => (b.tier.dependence ?? 0) - (a.tier.dependence ?? 0));
    const short = (row: (typeof rows)[number]): string => `${term('terms', row.tier.commodity)}, ${term('tiers', row.tier.tier)}`;
    picture.draw({
      title: say.dependTitle(placeName(answer.buyer), dominant, subject), note: say.dependNote, file: 'minewheel-supply', height: barsHeight(bars.length),
      option: (graphic) => barsOption(bars.map((row) => ({ name: short(row), value: (row.tier.dependence ?? 0) * 100, label: percent(row.tier.dependence), foot: statusText(row.tier.status), colour: (row.tier.dependence ?? 0) > 0.5 ? graphic.theme.stages.battery : graphic.theme.stages.body })), say.dependUnit(dominant), graphic),
      rows: [['material', 'commodity', 'tier', 'dependence', 'largest', 'largest share', 'hhi', 'import dependence', 'status'], ...rows.map(({ material, tier }) => [material.material, tier.commodity, tier.tier, tier.dependence, tier.largest, tier.largest_share, tier.hhi, tier.import_dependence, tier.status])],
      json: answer, source: `${say.year} ${answer.year} · ${t().battery.weakest}: ${statusText(answer.weakest_status)}`,
      onClick: (clicked) => {
        const found = bars.find((row) => short(row) === clicked);
        if (found) state.set({ of: found.material.material });
      },
    });
    replace(listing, h('h3', { text: say.tiersTable }), table(say.tiersTable, [
      { head: say.material, cell: ({ material }) => term('materials', material.material) },
      { head: say.tier, cell: (row) => short(row) },
      { head: say.largest, cell: ({ tier }) => `${placeName(tier.largest)} ${percent(tier.largest_share)}` },
      { head: 'HHI', numeric: true, cell: ({ tier }) => number(tier.hhi, 2) },
      { head: say.importDependence, numeric: true, cell: ({ tier }) => percent(tier.import_dependence) },
      { head: say.dependUnit(dominant), numeric: true, cell: ({ tier }) => percent(tier.dependence) },
      { head: say.measures, cell: ({ tier }) => tier.measures.map((one) => `${placeName(one.place)}: ${say.measureKinds[one.measure as keyof typeof say.measureKinds] ?? one.measure} (${one.since ?? '?'})`).join('; ') || '–' },
      { head: t().data.status, cell: ({ tier }) => statusMark(tier.status) },
    ], rows));
    for (const one of drawn) one.close();
    drawn = [];
    const shown = onCar() ? [] : rows;
    tiersHead.hidden = shown.length === 0;
    tiersHead.textContent = t().flow.tiersTitle;
    replace(tiers, shown.map((row) => {
      const one = figure();
      drawn.push(one);
      const list = ranked(row.tier.shares, 10);
      queueMicrotask(() => one.draw({
        title: short(row), file: `minewheel-tier-${row.tier.commodity}-${row.tier.tier}`, height: barsHeight(list.length),
        option: (graphic) => barsOption(list.map(([place, share]) => ({ name: place === 'other' ? t().flow.other : placeName(place), value: share * 100, label: percent(share), colour: place === answer.dominant ? graphic.theme.accent : graphic.theme.stages.end })), t().flow.shareAxis, graphic),
        rows: [['place', 'share'], ...Object.entries(row.tier.shares).sort((a, b) => b[1] - a[1])], json: row.tier, source: `${row.tier.year} · ${statusText(row.tier.status)}`,
      }));
      return one.element;
    }));
    replace(foot, remarks(answer.notices));
  });
  const ask = (): void => {
    question.ask([of(), onCar() ? car() : '', state.number('year', 2024), state.optional('on'), state.optional('for')]);
    if (tiersAsked) askParts();
  };
  state.onChange(ask);
  ask();
  return { close: () => { tiersAsked = true; question.stop(); ban.close(); stop.close(); picture.close(); for (const one of drawn) one.close(); } };
};

