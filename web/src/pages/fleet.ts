// Cohorts of cars through the years: cars, packs that retire, materials, charging.
import { post } from '../api/client';
import type { FleetAnswer, MarketAnswer } from '../api/market';
import { linesOption, type Line } from '../charts/lines';
import { px } from '../charts/theme';
import { parseChoice } from '../car/choice';
import { placeName, t, term } from '../i18n';
import { button, field, fileButton, section, select, slider } from '../ui/controls';
import { h, replace } from '../ui/dom';
import { facts } from '../ui/facts';
import { figure } from '../ui/figure';
import { number } from '../ui/format';
import { lineKeys } from '../ui/legend';
import { remarks } from '../ui/notice';
import { Question } from '../ui/question';
import { save } from '../ui/save';
import { placeChoices } from '../ui/scenario';
import { statusText } from '../ui/status';
import { carLabel, carPicker } from './compare/cars';
import { layout } from './layout';
import type { Mount } from './page';

/** Curves of data/fleet/survival.csv; a name that the tables do not have is refused by the model, with the list. */
const SURVIVAL = ['china-nev-2023', 'china-private-2011', 'germany', 'france', 'united-kingdom', 'italy', 'spain', 'netherlands', 'austria', 'denmark', 'finland', 'ireland', 'united-states', 'canada', 'japan', 'south-korea', 'australia'];
const PROFILES = ['', 'home-4kw', 'home-7kw', 'workplace', 'solar', 'valley', 'flat'];
const LAST = 2060;
const METALS = ['lithium', 'nickel', 'cobalt', 'graphite', 'copper', 'aluminium', 'neodymium', 'manganese'];

type Point = [number, number];

function readPoints(text: string): Point[] {
  return text.split(/[;\n]/).flatMap((line): Point[] => {
    const [year, cars] = line.trim().split(/[\s:=]+/).map(Number);
    return year !== undefined && cars !== undefined && Number.isFinite(year) && Number.isFinite(cars) ? [[year, cars]] : [];
  });
}

export const fleet: Mount = ({ state, info, root }) => {
  const say = t().fleet;
  const { controls, results, note } = layout(root, say.title, say.lead);
  const name = h('p', { class: 'picked' });
  const head = h('div', {});
  const [stock, packs, material, climate, load] = [figure(), figure(), figure(), figure(), figure()];
  const foot = h('div', { class: 'foot' });
  const metalBox = h('div', {});
  results.append(head, h('div', { class: 'pair' }, stock.element, climate.element, packs.element, material.element, load.element), foot);
  const car = (): string => state.text('car', 'byd-dolphin-60');
  const place = (): string => state.text('place', 'CN');
  let opened: string | null = null;
  const points = h('textarea', { class: 'short', attrs: { rows: 8, spellcheck: 'false' } });
  points.value = state.text('sales', '').replace(/;/g, '\n').replace(/:/g, ' ');
  points.addEventListener('change', () => state.set({ sales: readPoints(points.value).map((point) => point.join(':')).join(';') || undefined }));
  controls.append(
    section(say.subject, name, carPicker(info, t().explain.another, (id) => { opened = null; state.set({ car: id }); }),
      select(t().market.place, placeChoices(info, () => true), place(), (value) => { opened = null; points.value = ''; state.set({ place: value, sales: undefined }); }),
      field(say.sales, points, say.salesHint),
      slider(say.later, say.millions, 0, 30, 0.1, state.number('later', 0), (later) => state.set({ later: later || undefined })),
      h('p', { class: 'hint', text: say.laterHint }),
      select(say.survival, SURVIVAL.map((id) => ({ value: id, label: term('terms', id) })), state.text('survival', 'china-nev-2023'), (survival) => state.set({ survival })),
      select(say.charging, PROFILES.map((id) => ({ value: id, label: id === '' ? say.noCharging : term('terms', id) })), state.text('charging', 'home-7kw'), (charging) => state.set({ charging: charging || 'none' })),
      metalBox,
      h('div', { class: 'row' }, fileButton(t().supply.openStudy, '.toml', (text) => { opened = text; ask(); }), button(t().compare.saveFile, () => save('fleet.toml', study(lastPoints), 'application/toml')))));
  let lastPoints: Point[] = [];

  const study = (sales: Point[]): string => {
    if (opened !== null) return opened;
    const from = sales[0]?.[0] ?? 2015;
    const later = state.number('later', 0);
    const last = sales.at(-1);
    const inflow = [...sales, ...(later > 0 ? [[2035, later * 1e6] as Point] : []), [LAST, later > 0 ? later * 1e6 : last?.[1] ?? 0] as Point];
    const charging = state.text('charging', 'home-7kw');
    return [
      '[study]', `title = ${JSON.stringify(say.studyTitle(placeName(place())))}`, `place = "${place()}"`, `from = ${from}`, `to = ${LAST}`, 'footprint_years = [2020, 2025, 2030, 2040, 2050]', 'beyond = "hold"',
      ...(charging && charging !== 'none' ? [`charging = "${charging}"`] : []), '',
      '[[product]]', `name = ${JSON.stringify(carLabel(info, parseChoice(car())))}`, `car = "${parseChoice(car()).base}"`, `survival = "${state.text('survival', 'china-nev-2023')}"`,
      `inflow = ${JSON.stringify(inflow)}`, '',
    ].join('\n');
  };

  const question = new Question<FleetAnswer>(note, async (signal) => {
    let sales = readPoints(state.text('sales', ''));
    if (sales.length === 0 && opened === null) {
      const known = await post<MarketAnswer>('market', { place: place(), from: '2015', to: '2025', by: 'year', indicators: 'nev-registrations' }, signal);
      sales = known.lines.filter((line) => line.holder === '').map((line): Point => [Number(line.period), line.value]).sort((a, b) => a[0] - b[0]);
      if (sales.length === 0) throw new Error(say.noSales(placeName(place())));
      points.value = sales.map((point) => point.join(' ')).join('\n');
    }
    lastPoints = sales;
    return post('fleet/run', { study: { toml: study(sales) } }, signal);
  }, (answer) => {
    name.textContent = carLabel(info, parseChoice(car()));
    const products = [...new Set(answer.years.map((row) => row.product))];
    const years = [...new Set(answer.years.map((row) => row.year))];
    const sum = (year: number, pick: (row: FleetAnswer['years'][number]) => number | null): number => answer.years.filter((row) => row.year === year).reduce((total, row) => total + (pick(row) ?? 0), 0);
    const packSum = (year: number, pick: (row: FleetAnswer['packs'][number]) => number): number => answer.packs.filter((row) => row.year === year).reduce((total, row) => total + pick(row), 0);
    const end = years.at(-1) ?? LAST;
    replace(head, facts([
      { label: say.facts.stock(String(end)), value: number(sum(end, (row) => row.stock) / 1e6), unit: say.millions },
      { label: say.facts.power(String(end)), value: number(sum(end, (row) => row.electricity_gwh) / 1000), unit: 'TWh' },
      { label: say.facts.packs(String(end)), value: number(packSum(end, (row) => row.collected_gwh + row.informal_gwh)), unit: 'GWh' },
    ]));
    const source = `${answer.title} · ${t().battery.weakest}: ${statusText(answer.weakest_status)} · ${say.noInterval}`;
    stock.draw({
      title: say.stockTitle, file: 'minewheel-fleet-stock', height: () => px(320), keys: products.length > 1 ? lineKeys(products) : [],
      option: (graphic) => linesOption(products.map((product): Line => ({ name: product, plain: true, stack: true, points: answer.years.filter((row) => row.product === product).map((row) => [row.year, row.stock]) })), { x: t().market.year, y: say.cars, integerX: true }, graphic),
      rows: [['year', 'product', 'stock', 'inflow', 'outflow', 'GWh'], ...answer.years.map((row) => [row.year, row.product, row.stock, row.inflow, row.outflow, row.electricity_gwh])], json: answer.years, source,
    });
    const phases: Array<[string, (row: FleetAnswer['years'][number]) => number | null]> = [[t().flow.phases.making, (row) => row.production_t], [t().flow.phases.use, (row) => row.use_t], [t().flow.phases.end, (row) => row.end_of_life_t]];
    climate.draw({
      title: say.climateTitle, file: 'minewheel-fleet-climate', height: () => px(320), keys: lineKeys(phases.map(([phase]) => phase)),
      option: (graphic) => linesOption(phases.map(([phase, pick]): Line => ({ name: phase, plain: true, points: years.map((year) => [year, sum(year, pick) / 1e6]) })), { x: t().market.year, y: 'Mt CO₂e', integerX: true }, graphic),
      rows: [['year', ...phases.map(([phase]) => phase)], ...years.map((year) => [year, ...phases.map(([, pick]) => sum(year, pick))])], json: answer.years, source,
    });
    const flows: Array<[string, (row: FleetAnswer['packs'][number]) => number]> = [[say.fitted, (row) => row.fitted_gwh], [say.collected, (row) => row.collected_gwh], [say.informal, (row) => row.informal_gwh], [say.secondLife, (row) => row.in_second_life_gwh]];
    packs.draw({
      title: say.packsTitle, file: 'minewheel-fleet-packs', height: () => px(320), keys: lineKeys(flows.map(([flow]) => flow)),
      option: (graphic) => linesOption(flows.map(([flow, pick]): Line => ({ name: flow, plain: true, points: years.map((year) => [year, packSum(year, pick)]) })), { x: t().market.year, y: 'GWh', integerX: true }, graphic),
      rows: [['year', ...flows.map(([flow]) => flow)], ...years.map((year) => [year, ...flows.map(([, pick]) => packSum(year, pick))])], json: answer.packs, source,
    });
    const elements = METALS.filter((id) => answer.materials.some((row) => row.element === id));
    const element = state.text('element', 'lithium');
    replace(metalBox, select(say.element, elements.map((id) => ({ value: id, label: term('materials', id) })), element, (value) => state.set({ element: value })));
    const rows = answer.materials.filter((row) => row.element === element);
    const demand: Line[] = [
      { name: say.demand, plain: true, points: rows.map((row) => [row.year, (row.pack_demand_t ?? 0) + (row.body_demand_t ?? 0)]) },
      { name: say.recovered, plain: true, points: rows.map((row) => [row.year, row.pack_recovered_t]) },
    ];
    material.draw({
      title: `${term('materials', element)}: ${say.materialTitle}`, file: `minewheel-fleet-${element}`, height: () => px(320), keys: lineKeys(demand.map((line) => line.name)),
      option: (graphic) => linesOption(demand, { x: t().market.year, y: 't', integerX: true }, graphic),
      rows: [['year', 'element', 'pack demand t', 'body demand t', 'recovered from packs t'], ...rows.map((row) => [row.year, row.element, row.pack_demand_t, row.body_demand_t, row.pack_recovered_t])], json: rows, source,
    });
    const hours = (answer.load_gw as unknown[]).map((row) => (Array.isArray(row) ? (row as number[]) : [Number(row)]));
    if (hours.length === 0) load.empty(say.loadTitle(String(end)), say.noCharging);
    else {
      const days = [say.weekday];
      load.draw({
        title: say.loadTitle(String(end)), file: 'minewheel-fleet-load', height: () => px(320),
        option: (graphic) => linesOption(days.map((day, at): Line => ({ name: day, plain: true, points: hours.map((row, hour) => [hour, row[at] ?? null]) })), { x: say.hour, y: 'GW', integerX: true }, graphic),
        rows: [['hour', ...days], ...hours.map((row, hour) => [hour, ...row])], json: answer.load_gw, source,
      });
    }
    replace(foot, remarks(answer.notices));
  });
  function ask(): void {
    question.ask([car(), place(), state.optional('sales'), state.optional('later'), state.optional('survival'), state.optional('charging'), opened]);
  }
  let timer = 0;
  state.onChange(() => {
    clearTimeout(timer);
    timer = window.setTimeout(ask, 250);
  });
  ask();
  return { close: () => { clearTimeout(timer); question.stop(); for (const one of [stock, packs, material, climate, load]) one.close(); } };
};
