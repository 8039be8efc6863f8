// The four pictures of the page, from the answers of `assess` and `range`.
import { RANGE_RULES, type Assessment, type Interval, type RangeAnswer } from '../../api/assess';
import { barsHeight, barsOption } from '../../charts/bars';
import { breakevenOption, crossings } from '../../charts/breakeven';
import { dotsOption } from '../../charts/dots';
import { stackHeight, stackOption, type Stack } from '../../charts/stacked';
import { groupOf, px, readTheme, STAGE_GROUPS, type StageGroup } from '../../charts/theme';
import { placeName, t } from '../../i18n';
import type { Drawing } from '../../ui/figure';
import { interval, number, percent, scale } from '../../ui/format';
import { h, type Child } from '../../ui/dom';
import { carKeys, fills } from '../../ui/legend';
import type { Cell } from '../../ui/save';
import { statusText } from '../../ui/status';

export type Basis = 'km' | 'life';

export function groupSums(car: Assessment): Map<StageGroup, number> {
  const sums = new Map<StageGroup, number>();
  for (const row of car.climate_by_stage) sums.set(groupOf(row.stage), (sums.get(groupOf(row.stage)) ?? 0) + row.kg);
  return sums;
}

export function sourceLine(cars: Assessment[]): string {
  const words = t().compare;
  const first = cars[0];
  if (!first) return '';
  const rests = (['read', 'derived', 'recalled', 'assumption'] as const).map((status) => `${statusText(status)} ${percent(first.evidence_by_status[status])}`).join(', ');
  const sampling = first.climate.total_g_per_km.p5 === null || first.run.samples === null ? words.noInterval : words.sampled(first.run.samples);
  return `${words.model(first.run.version, first.run.data)} · ${first.run.method} · ${sampling} · ${words.rests(first.name)}: ${rests}`;
}

function withRange(head: string, value: Interval): Array<[string, Cell]> {
  return [[head, value.value], [`${head} p5`, value.p5], [`${head} p95`, value.p95]];
}

export function stagesDrawing(cars: Assessment[], names: string[], basis: Basis, link: (car: number, group: StageGroup) => string): Drawing {
  const words = t();
  const unit = basis === 'km' ? 'g CO₂e/km' : 't CO₂e';
  const factor = (car: Assessment): number => (basis === 'km' ? 1000 / car.lifetime_km : 1 / 1000);
  const sums = cars.map(groupSums);
  const theme = readTheme();
  const used = STAGE_GROUPS.filter((group) => sums.some((sum) => sum.has(group)));
  const stack: Stack = {
    rows: names,
    unit,
    hint: words.compare.clickHint,
    sums: cars.map((car) => (basis === 'km' ? car.climate.total_g_per_km : scale(car.climate.total_g_per_km, car.lifetime_km / 1e6))),
    segments: used.map((group) => ({
      key: group,
      name: words.groups[group],
      colour: theme.stages[group],
      values: cars.map((car, at) => {
        const kg = sums[at]?.get(group);
        return kg === undefined ? null : kg * factor(car);
      }),
    })),
  };
  const heads = [words.compare.car, ...used.map((group) => words.groups[group]), words.compare.total, 'p5', 'p95'];
  const rows: Cell[][] = [heads, ...cars.map((_, at) => {
    const sum = stack.sums[at];
    return [names[at], ...stack.segments.map((segment) => segment.values[at] ?? null), sum?.value, sum?.p5, sum?.p95];
  })];
  return {
    title: words.compare.stagesTitle(unit),
    note: words.compare.stagesNote,
    file: 'minewheel-stages',
    height: stackHeight(cars.length),
    option: (graphic) => stackOption({ ...stack, segments: stack.segments.map((segment, at) => ({ ...segment, colour: graphic.theme.stages[used[at] ?? 'body'] })) }, graphic),
    rows,
    json: cars.map(({ car, name, country, year, lifetime_km, climate, climate_by_stage }) => ({ car, name, country, year, lifetime_km, climate, climate_by_stage })),
    source: sourceLine(cars),
    keys: fills(used.map((group) => [words.groups[group], (theme) => theme.stages[group]])),
    table: stageTable(cars, names, stack, used, link),
    onClick: (row, series) => {
      const at = names.indexOf(row);
      const group = used.find((one) => words.groups[one] === series);
      if (at >= 0 && group) location.hash = link(at, group);
    },
  };
}

function stageTable(cars: Assessment[], names: string[], stack: Stack, used: readonly StageGroup[], link: (car: number, group: StageGroup) => string): HTMLElement {
  const words = t();
  return h('div', { class: 'table-scroll', attrs: { tabindex: 0, role: 'region', 'aria-label': words.compare.stagesTitle(stack.unit) } }, h('table', {},
    h('thead', {}, h('tr', {}, h('th', { text: stack.unit, attrs: { scope: 'col' } }), names.map((name) => h('th', { class: 'num', text: name, attrs: { scope: 'col' } })))),
    h('tbody', {},
      used.map((group, row) => h('tr', {}, h('th', { text: words.groups[group], attrs: { scope: 'row' } }), cars.map((_, at) => {
        const value = stack.segments[row]?.values[at];
        return h('td', { class: 'num' }, value === null || value === undefined ? '–' : h('a', { text: number(value), attrs: { href: link(at, group), 'aria-label': `${words.nav.explain}: ${names[at] ?? ''}, ${words.groups[group]}` } }));
      }))),
      h('tr', { class: 'total' }, h('th', { text: words.compare.total, attrs: { scope: 'row' } }), stack.sums.map((sum) => h('td', { class: 'num', text: interval(sum) }))))));
}

export function breakevenDrawing(cars: Assessment[], names: string[]): Drawing {
  const words = t().compare;
  const crossing = crossings(cars);
  const from = cars.map((car, at) => ({ at, km: car.difference_to_first?.break_even_km ?? null })).filter((one) => one.km !== null);
  const said = [
    ...crossing.map((one) => words.crossing(one.first, one.second, number(one.km))),
    ...from.filter(() => crossing.length === 0).map((one) => words.crossing(names[0] ?? '', names[one.at] ?? '', number(one.km))),
  ];
  return {
    title: words.breakevenTitle,
    note: said.length > 0 ? said.join(' ') : words.noCrossing,
    file: 'minewheel-break-even',
    height: () => px(360),
    option: (graphic) => breakevenOption(cars, names, { km: words.kmAxis, tonnes: 't CO₂e', withEnd: words.withEnd, level: words.level }, graphic),
    rows: [[words.car, 'km', 't CO2e'], ...cars.flatMap((car, at): Cell[][] => [
      [names[at], 0, car.climate.production_kg.value / 1000],
      [names[at], car.lifetime_km, (car.climate.production_kg.value + car.climate.use_kg.value) / 1000],
      [names[at], car.lifetime_km, (car.climate.total_g_per_km.value * car.lifetime_km) / 1e6],
    ])],
    json: cars.map(({ car, lifetime_km, climate, difference_to_first }) => ({ car, lifetime_km, climate, difference_to_first })),
    source: `${words.breakevenSource} ${words.model(cars[0]?.run.version ?? '', cars[0]?.run.data ?? '')}`,
    keys: carKeys(names),
  };
}

export function costDrawing(cars: Assessment[], names: string[]): Drawing {
  const words = t().compare;
  const unit = words.costUnit;
  const theme = readTheme();
  const stack: Stack = {
    rows: names,
    unit,
    sums: cars.map((car) => scale(car.cost.total_usd_per_km, car.lifetime_km / 1000)),
    segments: [
      { key: 'making', name: words.making, colour: theme.stages.battery, values: cars.map((car) => car.cost.production_usd.value / 1000) },
      { key: 'using', name: words.using, colour: theme.stages.energy, values: cars.map((car) => car.cost.use_usd.value / 1000) },
    ],
  };
  const years = cars.flatMap((car) => car.cost.blocks.map((block) => block.price_year));
  return {
    title: words.costTitle,
    note: words.costNote,
    file: 'minewheel-cost',
    height: stackHeight(cars.length),
    option: (graphic) => stackOption({ ...stack, segments: stack.segments.map((segment) => ({ ...segment, colour: graphic.theme.stages[segment.key === 'making' ? 'battery' : 'energy'] })) }, graphic),
    rows: [[words.car, ...['making usd', 'use usd', 'total usd/km'].flatMap((head) => [head, `${head} p5`, `${head} p95`])],
      ...cars.map((car, at): Cell[] => [names[at], ...[car.cost.production_usd, car.cost.use_usd, car.cost.total_usd_per_km].flatMap((value) => withRange('', value).map(([, cell]) => cell))])],
    json: cars.map(({ car, cost }) => ({ car, cost })),
    source: years.length > 0 ? words.priceYears(Math.min(...years), Math.max(...years)) : '',
    keys: fills([[words.making, (theme) => theme.stages.battery], [words.using, (theme) => theme.stages.energy]]),
  };
}

export function rangeDrawing(ranges: Array<RangeAnswer | null>, names: string[]): Drawing | null {
  const words = t().compare;
  const electric = ranges.flatMap((range, at) => (range && RANGE_RULES.some((rule) => range[rule]?.range_km != null) ? [{ range, at }] : []));
  if (electric.length === 0) return null;
  return {
    title: words.rangeTitle,
    note: words.rangeNote,
    file: 'minewheel-range',
    height: () => px(300),
    option: (graphic) => dotsOption(RANGE_RULES.map((rule) => rule.toUpperCase()), electric.map(({ range, at }) => ({ name: names[at] ?? '', at, values: RANGE_RULES.map((rule) => range[rule]?.range_km ?? null) })), 'km', graphic),
    rows: [[words.car, 'rule', 'range km', 'kWh/100 km'], ...electric.flatMap(({ range, at }): Cell[][] => RANGE_RULES.map((rule) => [names[at], rule.toUpperCase(), range[rule]?.range_km, range[rule]?.consumption_kwh_per_100km]))],
    json: electric.map(({ range }) => range),
    source: words.rangeSource,
    keys: carKeys(names.filter((_, at) => at <= Math.max(...electric.map((one) => one.at)))),
  };
}

/** Rows that the spread of the first car's footprint rests on; known only once the interval is. */
export function driversDrawing(cars: Assessment[], names: string[]): Drawing | null {
  const words = t().compare;
  const list = (cars[0]?.drivers ?? []).slice(0, 8);
  if (list.length === 0) return null;
  return {
    title: words.driversTitle(names[0] ?? ''),
    note: t().battery.driversNote,
    file: 'minewheel-drivers',
    height: barsHeight(list.length),
    option: (graphic) => barsOption(list.map((row) => ({ name: row.what, value: row.share * 100, label: percent(row.share), foot: `${row.at} · ${row.source} · ${statusText(row.status)}`, colour: graphic.theme.soft })), '%', graphic),
    rows: [['what', 'row', 'source', 'status', 'share'], ...list.map((row): Cell[] => [row.what, row.at, row.source, row.status, row.share])],
    json: cars.map(({ car, drivers }) => ({ car, drivers })),
    source: words.driversSource,
  };
}

export function answerSentence(cars: Assessment[], names: string[]): Child[] {
  const words = t().compare;
  const first = cars[0];
  if (!first) return [];
  const figures = cars.map((car, at): Child => [
    at === 0 ? ' ' : ', ', `${names[at] ?? car.name} `,
    h('strong', { text: `${number(car.climate.total_g_per_km.value)}${at === 0 ? ` ${words.grams}` : ''}` }),
  ]);
  return [words.answer(number(first.lifetime_km), placeName(first.country), String(first.year)), figures, '.'];
}
