// The same car with a place barred from a product: what it costs the climate and the wallet, or why it cannot be built.
import type { Assessment } from '../../api/assess';
import { post } from '../../api/client';
import type { Info } from '../../api/info';
import { choiceToml, parseChoice } from '../../car/choice';
import { setKey } from '../../car/toml';
import { placeName, t, term } from '../../i18n';
import type { State } from '../../state';
import { select } from '../../ui/controls';
import { h, replace } from '../../ui/dom';
import { bracket, facts } from '../../ui/facts';
import { figure } from '../../ui/figure';
import { interval, number } from '../../ui/format';
import { notice } from '../../ui/notice';
import { Question } from '../../ui/question';
import { placeChoices } from '../../ui/scenario';
import { barsHeight, barsOption } from '../../charts/bars';
import { STAGE_GROUPS, type StageGroup } from '../../charts/theme';
import { groupSums, sourceLine } from '../compare/drawings';

/** Products whose suppliers a car file can bar; ids of the model's products. */
const PRODUCTS = ['graphite-synthetic', 'graphite-natural-coated', 'lithium-carbonate', 'lithium-hydroxide', 'nickel-sulfate', 'cobalt-sulfate', 'cam-lfp', 'cam-nmc622', 'cam-nmc811', 'aluminium-primary-ingot', 'copper-foil', 'separator', 'electrolyte'];

export interface Part {
  element: HTMLElement;
  controls: HTMLElement[];
  ask(): void;
  close(): void;
}

export function banPart(state: State, info: Info, car: () => string): Part {
  const say = t().supply;
  const note = notice();
  const answerBox = h('div', {});
  const picture = figure();
  const element = h('section', { class: 'part' }, h('h2', { class: 'rule-head', text: say.banTitle }), h('p', { class: 'figure-note', text: say.banLead }), note.element, answerBox, picture.element);
  const product = (): string => state.text('ban', 'graphite-synthetic');
  const place = (): string => state.text('banned', 'CN');
  const nameOf = (id: string): string => term('terms', id);

  const question = new Question<Assessment[]>(note, async (signal) => {
    const toml = await choiceToml(parseChoice(car()));
    const barred = setKey(toml, `sourcing.${product()}`, `{ ban = ["${place()}"] }`);
    return post('assess', { cars: [{ toml }, { toml: barred }], country: state.text('country', 'CN'), year: 2025 }, signal);
  }, ([before, after]) => {
    if (!before || !after) return;
    const change = after.difference_to_first?.total_g_per_km;
    replace(answerBox, h('p', { class: 'answer small', text: say.banAnswer(nameOf(product()), placeName(place()), interval(change)) }), facts([
      { label: say.banFacts.before, value: number(before.climate.production_kg.value), unit: 'kg CO₂e', detail: bracket(before.climate.production_kg.p5, before.climate.production_kg.p95, number) },
      { label: say.banFacts.after, value: number(after.climate.production_kg.value), unit: 'kg CO₂e', detail: bracket(after.climate.production_kg.p5, after.climate.production_kg.p95, number) },
      { label: say.banFacts.cost, value: number(after.cost.production_usd.value - before.cost.production_usd.value), unit: 'USD', detail: say.banCostNote },
    ]));
    const [a, b] = [groupSums(before), groupSums(after)];
    const rows = STAGE_GROUPS.filter((group) => a.has(group) || b.has(group)).map((group): [StageGroup, number] => [group, (b.get(group) ?? 0) - (a.get(group) ?? 0)]);
    picture.draw({
      title: say.banPicture, file: 'minewheel-ban', height: barsHeight(rows.length),
      option: (graphic) => barsOption(rows.map(([group, kg]) => ({ name: t().groups[group], value: kg, colour: graphic.theme.stages[group] })), 'kg CO₂e', graphic),
      rows: [['stage', 'kg CO2e'], ...rows], json: { before: before.climate, after: after.climate, difference: after.difference_to_first }, source: sourceLine([after]),
    });
  });
  return {
    element,
    controls: [
      select(say.banProduct, PRODUCTS.map((id) => ({ value: id, label: nameOf(id) })), product(), (value) => state.set({ ban: value })),
      select(say.banPlace, placeChoices(info, (id) => !id.startsWith('CN-')), place(), (value) => state.set({ banned: value })),
    ],
    ask: () => question.ask([car(), product(), place(), state.text('country', 'CN')]),
    close() {
      question.stop();
      picture.close();
    },
  };
}
