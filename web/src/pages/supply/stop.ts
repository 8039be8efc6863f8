// A supplier stops: a study written from the controls, answered day by day.
import { post } from '../../api/client';
import type { Info } from '../../api/info';
import type { DisruptAnswer, Spread } from '../../api/supply';
import { linesOption } from '../../charts/lines';
import { px } from '../../charts/theme';
import { isEdited, parseChoice } from '../../car/choice';
import { placeName, t, term } from '../../i18n';
import type { State } from '../../state';
import { fileButton, segmented, select, slider } from '../../ui/controls';
import { h, replace } from '../../ui/dom';
import { bracket, facts } from '../../ui/facts';
import { figure } from '../../ui/figure';
import { number, percent } from '../../ui/format';
import { notice, remarks } from '../../ui/notice';
import { Question } from '../../ui/question';
import { save } from '../../ui/save';
import { placeChoices } from '../../ui/scenario';
import type { Part } from './ban';

const PRODUCTS: Record<string, string[]> = {
  graphite: ['graphite-synthetic', 'graphite-natural-coated'], lithium: ['lithium-carbonate', 'lithium-hydroxide'], nickel: ['nickel-sulfate'], cobalt: ['cobalt-sulfate'], separator: ['separator'], electrolyte: ['electrolyte'],
};
const DAYS = 365;
const MEMBERS = 20;

export function stopPart(state: State, info: Info, car: () => string): Part {
  const say = t().supply;
  const note = notice();
  const head = h('div', {});
  const picture = figure();
  const foot = h('div', { class: 'foot' });
  const element = h('section', { class: 'part' }, h('h2', { class: 'rule-head', text: say.stopTitle }), h('p', { class: 'figure-note', text: say.stopLead }), note.element, head, picture.element, foot);
  let opened: string | null = null;
  const what = (): string => state.text('stop', 'graphite');
  const place = (): string => state.text('stopped', 'CN');
  const study = (): string => opened ?? [
    '[study]', `title = ${JSON.stringify(say.stopStudy(term('materials', what()), placeName(place())))}`, 'year = 2024', `days = ${DAYS}`, '',
    '[[plant]]', `car = "${parseChoice(car()).base}"`, `cells_made_in = "${state.text('cells', 'DE')}"`, `cars_per_day = ${state.number('cars_day', 1000)}`, '',
    '[[shock]]', `kind = "${state.text('kind', 'export-cap')}"`, `products = ${JSON.stringify(PRODUCTS[what()] ?? [what()])}`, `place = "${place()}"`,
    `remaining = ${(state.number('left', 0) / 100).toFixed(2)}`, 'from_day = 30', `days = ${state.number('stop_days', 90)}`, '',
    '[ensemble]', `members = ${MEMBERS}`, 'seed = 1', '',
  ].join('\n');

  const question = new Question<DisruptAnswer>(note, (signal) => post('disrupt', { study: { toml: study() } }, signal), (answer) => {
    const spread = (value: Spread | null | undefined): string | undefined => bracket(value?.p5, value?.p95, number);
    replace(head, facts([
      { label: say.stopFacts.lost, value: number(answer.best.cars_not_built), unit: `/ ${number(answer.best.cars_planned)}`, detail: spread(answer.ensemble?.cars_not_built) },
      { label: say.stopFacts.shortage, value: number(answer.best.days_to_shortage), unit: say.days, detail: spread(answer.ensemble?.days_to_shortage) },
      { label: say.stopFacts.recovery, value: number(answer.best.days_to_recovery), unit: say.days, detail: spread(answer.ensemble?.days_to_recovery) },
      { label: say.stopFacts.binding, value: answer.binding.map((one) => `${term('terms', one.product)} ${percent(one.share)}`).join(', ') || '–' },
      { label: say.stopFacts.carbon, value: number(answer.best.extra_kg_co2e_per_car), unit: 'kg CO₂e', detail: spread(answer.ensemble?.extra_kg_co2e_per_car) },
    ]));
    picture.draw({
      title: answer.title, note: say.stopNote, file: 'minewheel-disruption', height: () => px(320),
      option: (graphic) => linesOption([{ name: say.stopAxis, points: answer.daily.map((day) => [day.day, day.share_of_plan * 100]), area: true, plain: true }], { x: say.day, y: say.stopAxis, integerX: true }, graphic),
      rows: [['day', 'cars', 'share of plan'], ...answer.daily.map((day) => [day.day, day.cars, day.share_of_plan])], json: answer,
      source: answer.ensemble ? say.stopSource(answer.ensemble.members) : '',
    });
    replace(foot, remarks(answer.notices));
  });
  let timer = 0;
  const placeSelect = (key: string, label: string, fallback: string): HTMLElement => select(label, placeChoices(info, (id) => !id.startsWith('CN-')), state.text(key, fallback), (value) => state.set({ [key]: value }));
  return {
    element,
    controls: [
      select(say.stopProduct, Object.keys(PRODUCTS).map((id) => ({ value: id, label: term('materials', id) })), what(), (value) => state.set({ stop: value })),
      placeSelect('stopped', say.stopPlace, 'CN'),
      segmented(say.stopKind, [{ value: 'export-cap', label: say.exports }, { value: 'outage', label: say.output }], state.text('kind', 'export-cap'), (kind) => state.set({ kind })),
      slider(say.left, '%', 0, 100, 5, state.number('left', 0), (left) => state.set({ left: left || undefined })),
      slider(say.length, say.days, 10, 300, 5, state.number('stop_days', 90), (days) => state.set({ stop_days: days })),
      placeSelect('cells', say.cellsFrom, 'DE'),
      h('div', { class: 'row' }, fileButton(say.openStudy, '.toml', (text) => { opened = text; question.ask(study()); }), h('button', { class: 'quiet', text: t().compare.saveFile, attrs: { type: 'button' }, on: { click: () => save('study.toml', study(), 'application/toml') } })),
    ],
    ask() {
      clearTimeout(timer);
      if (isEdited(parseChoice(car()))) {
        note.fail(new Error(say.stopCatalogueOnly));
        return;
      }
      timer = window.setTimeout(() => question.ask(study()), 300);
    },
    close() {
      clearTimeout(timer);
      question.stop();
      picture.close();
    },
  };
}

