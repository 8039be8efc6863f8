// A pack from its cell: what it weighs, emits, costs and gives back.
import { post, type Body } from '../api/client';
import type { BatteryAnswer, RecycleAnswer } from '../api/battery';
import { barsHeight, barsOption } from '../charts/bars';
import { placeName, t, term } from '../i18n';
import { section, segmented, select, slider } from '../ui/controls';
import { h, replace } from '../ui/dom';
import { bracket, facts } from '../ui/facts';
import { figure } from '../ui/figure';
import { number, percent } from '../ui/format';
import { notice, remarks } from '../ui/notice';
import { Question } from '../ui/question';
import { placeControls, yearControl } from '../ui/scenario';
import { statusMark, statusText } from '../ui/status';
import { table } from '../ui/table';
import { layout } from './layout';
import type { Mount } from './page';

const CASES = ['prismatic', 'pouch', 'cylindrical'];

function sums<T>(list: T[], key: (row: T) => string, value: (row: T) => number): Array<[string, number]> {
  const out = new Map<string, number>();
  for (const row of list) out.set(key(row), (out.get(key(row)) ?? 0) + value(row));
  return [...out].sort((a, b) => b[1] - a[1]);
}

export const battery: Mount = ({ state, info, root }) => {
  const say = t().battery;
  const { controls, results, note } = layout(root, say.title, say.lead);
  const head = h('div', {});
  const [stages, places, cost, drivers, rivals, recovery] = [figure(), figure(), figure(), figure(), figure(), figure()];
  const side = notice();
  const checks = h('div', { class: 'facts' });
  const foot = h('div', { class: 'foot' });
  results.append(head, h('div', { class: 'pair' }, stages.element, cost.element, places.element, drivers.element), side.element, h('div', { class: 'pair' }, rivals.element, recovery.element), checks, foot);

  const chemistries = info.chemistries;
  const auto = { value: '', label: say.usual };
  controls.append(
    section(say.pack,
      select(say.chemistry, chemistries.map((id) => ({ value: id, label: id.toUpperCase() })), state.text('chemistry', 'lfp'), (chemistry) => state.set({ chemistry })),
      slider(say.energy, 'kWh', 5, 150, 1, state.number('energy', 60), (energy) => state.set({ energy })),
      select(say.case, [auto, ...CASES.map((id) => ({ value: id, label: say.cases[id as keyof typeof say.cases] }))], state.text('case', ''), (value) => state.set({ case: value })),
      segmented(say.layout, [{ value: '', label: say.usual }, { value: 'ctm', label: say.modules }, { value: 'ctp', label: say.cellToPack }], state.text('pack', ''), (pack) => state.set({ pack }))),
    section(say.making, placeControls(info, state, 'made_in', say.madeIn, 'CN'), yearControl(info, state)),
    section(say.content,
      ['lithium', 'nickel', 'cobalt'].map((metal) => slider(say.recycled(term('materials', metal)), '%', 0, 100, 1, state.number(`r_${metal}`, 0), (share) => state.set({ [`r_${metal}`]: share || undefined }))),
      slider(say.shock, '×', 0.5, 10, 0.5, state.number('shock', 1), (shock) => state.set({ shock: shock === 1 ? undefined : shock })),
      h('p', { class: 'hint', text: say.shockHint })));

  const body = (chemistry: string): Body => {
    const out: Body = { chemistry, energy_kwh: state.number('energy', 60), made_in: state.text('made_in', 'CN'), year: state.number('year', 2025) };
    const recycled = ['lithium', 'nickel', 'cobalt'].filter((metal) => state.number(`r_${metal}`, 0) > 0).map((metal) => `${metal}=${state.number(`r_${metal}`, 0) / 100}`);
    if (recycled.length > 0) out['recycled_content'] = recycled;
    if (state.number('shock', 1) !== 1) out['price_shock'] = [`lithium*${state.number('shock', 1)}`];
    if (state.optional('case')) out['format_cell'] = state.text('case', '');
    if (state.optional('pack')) out['pack'] = state.text('pack', '');
    return out;
  };
  const chemistry = (): string => state.text('chemistry', 'lfp');

  const question = new Question<BatteryAnswer>(note, (signal) => post('battery', { ...body(chemistry()), samples: 200 }, signal), (answer) => {
    const source = `${t().compare.model(answer.run.version, answer.run.data)} · ${answer.run.method} · ${say.weakest}: ${statusText(answer.weakest_status)}`;
    replace(head, answer.is_estimate ? h('p', { class: 'caution', text: say.estimate }) : null, facts([
      { label: say.facts.climate, value: number(answer.climate_kg_per_kwh.value), unit: 'kg CO₂e/kWh', detail: bracket(answer.climate_kg_per_kwh.p5, answer.climate_kg_per_kwh.p95, number) },
      { label: say.facts.cost, value: number(answer.cost_usd_per_kwh.value), unit: 'USD/kWh', detail: bracket(answer.cost_usd_per_kwh.p5, answer.cost_usd_per_kwh.p95, number) },
      { label: say.facts.mass, value: number(answer.pack_mass_kg), unit: 'kg' },
      { label: say.facts.cell, value: number(answer.cell_wh_per_kg), unit: 'Wh/kg' },
      { label: say.facts.pack, value: number(answer.pack_wh_per_kg), unit: 'Wh/kg' },
      { label: say.facts.charge, value: number(answer.fast_charge?.minutes_10_to_80), unit: 'min' },
      { label: say.facts.life, value: number(answer.first_life_years), unit: say.years },
    ]));
    const label = `${answer.chemistry.toUpperCase()}, ${number(answer.gross_energy_kwh)} kWh, ${placeName(answer.made_in)} ${answer.year}`;
    const byStage = sums(answer.climate_by_stage, (row) => row.stage, (row) => row.kg_per_kwh);
    stages.draw({
      title: `${say.stagesTitle}: ${label}`, file: 'minewheel-battery-stages', note: say.stagesNote, height: barsHeight(byStage.length),
      option: (graphic) => barsOption(byStage.map(([stage, kg]) => ({ name: term('terms', stage), value: kg, colour: graphic.theme.stages.battery })), 'kg CO₂e/kWh', graphic),
      rows: [['stage', 'place', 'kg CO2e/kWh'], ...answer.climate_by_stage.map((row) => [row.stage, row.country, row.kg_per_kwh])], json: answer, source,
    });
    const byPlace = sums(answer.climate_by_stage, (row) => row.country, (row) => row.kg_per_kwh).slice(0, 12);
    places.draw({
      title: say.placesTitle, file: 'minewheel-battery-places', height: barsHeight(byPlace.length),
      option: (graphic) => barsOption(byPlace.map(([place, kg]) => ({ name: placeName(place), value: kg, colour: graphic.theme.stages.drive })), 'kg CO₂e/kWh', graphic),
      rows: [['place', 'kg CO2e/kWh'], ...byPlace], json: byPlace, source,
    });
    const blocks = [...answer.cost_blocks].sort((a, b) => b.usd_per_kwh - a.usd_per_kwh);
    cost.draw({
      title: say.costTitle, file: 'minewheel-battery-price', note: say.costNote, height: barsHeight(blocks.length),
      option: (graphic) => barsOption(blocks.map((block) => ({ name: term('terms', block.block), value: block.usd_per_kwh, foot: say.commodities(number(block.commodities_usd_per_kwh)), colour: graphic.theme.stages.energy })), 'USD/kWh', graphic),
      rows: [['block', 'USD/kWh', 'of it commodities'], ...blocks.map((block) => [block.block, block.usd_per_kwh, block.commodities_usd_per_kwh])], json: answer.cost_blocks, source,
    });
    const top = answer.ranking.slice(0, 8);
    if (top.length > 0) drivers.draw({
      title: say.driversTitle, file: 'minewheel-battery-drivers', note: say.driversNote, height: barsHeight(top.length),
      option: (graphic) => barsOption(top.map((row) => ({ name: row.what, value: row.share * 100, label: percent(row.share), foot: `${row.at} · ${row.source} · ${statusText(row.status)}`, colour: graphic.theme.soft })), '%', graphic),
      rows: [['what', 'row', 'source', 'status', 'share'], ...top.map((row) => [row.what, row.at, row.source, row.status, row.share])], json: top, source,
    });
    replace(checks, h('h3', { text: say.checks }), table(say.checks, [
      { head: t().compare.quantity, cell: (row) => row.name },
      { head: say.value, numeric: true, cell: (row) => `${number(row.value)} ${row.unit === '1' ? '' : row.unit}` },
      { head: say.bound, numeric: true, cell: (row) => `${row.bound.replace('>=', '≥').replace('<=', '≤')} ${number(row.limit)}` },
      { head: '', cell: (row) => (row.pass ? `✓ ${say.holds}` : `✗ ${say.fails}`) },
    ], answer.checks));
    replace(foot, remarks(answer.notices), h('p', {}, statusMark(answer.weakest_status)));
  });

  const compared = new Question<BatteryAnswer[]>(side, (signal) => Promise.all(chemistries.map((id) => post<BatteryAnswer>('battery', { ...body(id), samples: 100 }, signal))), (answers) => {
    const sorted = [...answers].sort((a, b) => a.climate_kg_per_kwh.value - b.climate_kg_per_kwh.value);
    rivals.draw({
      title: say.rivalsTitle, file: 'minewheel-chemistries', note: say.rivalsNote, height: barsHeight(sorted.length),
      option: (graphic) => barsOption(sorted.map((one) => ({ name: one.chemistry.toUpperCase(), value: one.climate_kg_per_kwh.value, low: one.climate_kg_per_kwh.p5, high: one.climate_kg_per_kwh.p95, foot: `${number(one.pack_wh_per_kg)} Wh/kg · ${number(one.cost_usd_per_kwh.value)} USD/kWh`, colour: one.chemistry === chemistry() ? graphic.theme.accent : graphic.theme.stages.end })), 'kg CO₂e/kWh', graphic),
      rows: [['chemistry', 'kg CO2e/kWh', 'p5', 'p95', 'USD/kWh', 'pack Wh/kg'], ...sorted.map((one) => [one.chemistry, one.climate_kg_per_kwh.value, one.climate_kg_per_kwh.p5, one.climate_kg_per_kwh.p95, one.cost_usd_per_kwh.value, one.pack_wh_per_kg])],
      json: sorted.map(({ chemistry: id, climate_kg_per_kwh, cost_usd_per_kwh, pack_wh_per_kg }) => ({ chemistry: id, climate_kg_per_kwh, cost_usd_per_kwh, pack_wh_per_kg })), source: say.rivalsSource,
      onClick: (name) => state.set({ chemistry: name.toLowerCase() }),
    });
  });
  const returned = new Question<RecycleAnswer>(side, (signal) => post('recycle', { chemistry: chemistry(), energy_kwh: state.number('energy', 60), country: state.text('made_in', 'CN'), year: state.number('year', 2025) }, signal), (answer) => {
    const route = answer.routes[0];
    if (!route) return recovery.empty(say.recoveryTitle, t().notice.none);
    recovery.draw({
      title: say.recoveryTitle, file: 'minewheel-recovery', height: barsHeight(route.elements.length),
      note: say.recoveryNote(number(route.climate.net.value), bracket(route.climate.net.p5, route.climate.net.p95, number) ?? '', number(route.money.margin.value)),
      option: (graphic) => barsOption(route.elements.map((one) => ({ name: term('materials', one.element), value: one.recovery.value * 100, low: one.recovery.p5 === null ? null : one.recovery.p5 * 100, high: one.recovery.p95 === null ? null : one.recovery.p95 * 100, colour: graphic.theme.stages.end })), say.recoveryUnit, graphic),
      rows: [['element', 'recovered share', 'p5', 'p95'], ...route.elements.map((one) => [one.element, one.recovery.value, one.recovery.p5, one.recovery.p95])], json: answer, source: say.recoverySource,
    });
  });

  const ask = (): void => {
    question.ask(body(chemistry()));
    compared.ask({ ...body(''), chemistry: undefined });
    returned.ask([chemistry(), state.number('energy', 60), state.text('made_in', 'CN'), state.number('year', 2025)]);
  };
  let timer = 0;
  state.onChange(() => {
    question.ask(body(chemistry()));
    clearTimeout(timer);
    timer = window.setTimeout(ask, 400);
  });
  ask();
  return {
    close() {
      clearTimeout(timer);
      for (const one of [question, compared, returned]) one.stop();
      for (const one of [stages, places, cost, drivers, rivals, recovery]) one.close();
    },
  };
};
