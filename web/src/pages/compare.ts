// Cars side by side: the picture follows each change at once, the interval follows when the hand rests.
import type { Assessment, RangeAnswer } from '../api/assess';
import { isAbort, Latest, post } from '../api/client';
import { carArgument, parseChoice } from '../car/choice';
import { t } from '../i18n';
import { href } from '../state';
import { segmented, section } from '../ui/controls';
import { h, replace } from '../ui/dom';
import { figure } from '../ui/figure';
import { interval, number } from '../ui/format';
import { remarks } from '../ui/notice';
import { scenarioBody, scenarioControls, scenarioLink } from '../ui/scenario';
import { table } from '../ui/table';
import { carLabel, carList, DEFAULT_CARS, shortNames } from './compare/cars';
import { answerSentence, breakevenDrawing, costDrawing, driversDrawing, rangeDrawing, stagesDrawing, type Basis } from './compare/drawings';
import { layout } from './layout';
import type { Mount } from './page';

const REST_MS = 350;

export const compare: Mount = ({ state, info, root }) => {
  const words = t().compare;
  const { controls, results, note } = layout(root, words.title, words.lead);
  const answer = h('p', { class: 'answer', attrs: { 'aria-live': 'polite' } });
  const stages = figure();
  const breakeven = figure();
  const cost = figure();
  const range = figure();
  const drivers = figure();
  const facts = h('div', { class: 'facts' });
  const foot = h('div', { class: 'foot' });
  results.append(answer, stages.element, h('div', { class: 'pair' }, breakeven.element, cost.element, range.element, drivers.element), facts, foot);

  const readCars = (): string[] => state.list('cars', DEFAULT_CARS);
  let opened = state.number('edit', -1);
  const list = carList(info, readCars, (cars) => {
    if (opened >= cars.length) opened = -1;
    state.set({ cars: cars.join(','), edit: opened < 0 ? undefined : opened });
  }, () => opened, (at) => {
    opened = at;
    state.set({ edit: at < 0 ? undefined : at });
  });
  const basis = (): Basis => (state.text('per', 'km') === 'life' ? 'life' : 'km');
  controls.append(
    section(words.cars, list.element),
    section(words.scenario, segmented(words.basis, [{ value: 'km', label: words.perKm }, { value: 'life', label: words.perLife }], basis(), (per) => state.set({ per })), scenarioControls(info, state)),
  );

  const latest = new Latest();
  let rest = 0;
  let asked = '';
  let shown: Assessment[] = [];
  // One a car, in their order; null where a car has no plug.
  let ranges: Array<RangeAnswer | null> = [];
  let rangesOf = '';

  const draw = (): void => {
    const texts = readCars();
    const choices = texts.map(parseChoice);
    const names = shortNames(choices.map((choice) => carLabel(info, choice)));
    const link = (at: number, group: string): string => href('explain', { car: texts[at], group, ...scenarioLink(state) });
    replace(answer, answerSentence(shown, names));
    stages.draw(stagesDrawing(shown, names, basis(), link));
    breakeven.draw(breakevenDrawing(shown, names));
    cost.draw(costDrawing(shown, names));
    const drawn = rangeDrawing(ranges, names);
    if (drawn) range.draw(drawn);
    else range.empty(words.rangeTitle, words.rangeNone);
    const moved = driversDrawing(shown, names);
    if (moved) drivers.draw(moved);
    else if (shown[0] && !results.dataset['interval']) drivers.empty(words.driversTitle(names[0] ?? ''), words.noInterval);
    replace(facts, h('h3', { text: words.factsTitle }), factTable(shown, names));
    const notices = [...new Set(shown.flatMap((car) => car.run.notices))];
    replace(foot, h('p', { class: 'source', text: `${words.boundary}: ${shown[0]?.run.boundary ?? ''}` }), remarks(notices));
  };

  const ask = async (): Promise<void> => {
    const texts = readCars();
    const body = scenarioBody(state);
    const key = JSON.stringify([texts, body]);
    if (key === asked) {
      if (shown.length > 0) draw();
      return;
    }
    asked = key;
    clearTimeout(rest);
    note.busy();
    try {
      const cars = await Promise.all(texts.map((text) => carArgument(parseChoice(text))));
      const rangeKey = JSON.stringify(texts);
      await latest.run(async (signal) => {
        const assessed = await post<Assessment[]>('assess', { cars, ...body, no_interval: true, no_places: true }, signal);
        if (rangesOf !== rangeKey) {
          const plugged = cars.filter((_, at) => assessed[at]?.range_km != null);
          const driven = plugged.length > 0 ? await post<RangeAnswer[]>('range', { cars: plugged }, signal) : [];
          ranges = assessed.map((car) => (car.range_km == null ? null : driven.shift() ?? null));
        }
        shown = assessed;
        rangesOf = rangeKey;
        note.done();
        draw();
        rest = window.setTimeout(() => void latest.run(async (later) => {
          shown = await post<Assessment[]>('assess', { cars, ...body }, later);
          draw();
          results.dataset['interval'] = key;
        }).catch((error: unknown) => note.fail(error)), REST_MS);
      });
    } catch (error) {
      if (!isAbort(error)) asked = '';
      note.fail(error);
    }
  };

  state.onChange(() => {
    list.render();
    void ask();
  });
  list.render();
  void ask();
  return {
    close() {
      clearTimeout(rest);
      latest.stop();
      for (const one of [stages, breakeven, cost, range, drivers]) one.close();
    },
  };
};

function factTable(cars: Assessment[], names: string[]): HTMLElement {
  const words = t().compare.facts;
  const rows: Array<[string, (car: Assessment) => string]> = [
    [words.kerb, (car) => number(car.kerb_mass_kg)],
    [words.consumption, (car) => number(car.consumption_kwh_per_100km)],
    [words.fuel, (car) => number(car.fuel_l_per_100km)],
    [words.range, (car) => number(car.range_km)],
    [words.production, (car) => interval({ ...car.climate.production_kg, value: car.climate.production_kg.value })],
    [words.use, (car) => interval(car.climate.use_kg)],
    [words.end, (car) => interval(car.climate.end_of_life_kg)],
    [words.total, (car) => interval(car.climate.total_g_per_km)],
    [words.difference, (car) => interval(car.difference_to_first?.total_g_per_km)],
    [words.battery, (car) => interval(car.battery_climate_kg_per_kwh)],
    [words.lithium, (car) => interval(car.materials_kg['lithium'])],
    [words.nickel, (car) => interval(car.materials_kg['nickel'])],
    [words.cobalt, (car) => interval(car.materials_kg['cobalt'])],
    [words.copper, (car) => interval(car.materials_kg['copper'])],
  ];
  return table(t().compare.factsTitle, [
    { head: t().compare.quantity, cell: ([label]) => label },
    ...cars.map((car, at) => ({ head: names[at] ?? car.name, numeric: true, cell: ([, show]: (typeof rows)[number]) => show(car) })),
  ], rows);
}
