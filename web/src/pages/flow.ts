// Carbon, energy or a metal from mine to wheel to scrap, and the countries at each tier.
import type { Assessment } from '../api/assess';
import { post } from '../api/client';
import { barsHeight, barsOption } from '../charts/bars';
import { sankeyOption } from '../charts/sankey';
import { carArgument, parseChoice } from '../car/choice';
import { placeName, t, term } from '../i18n';
import { section, segmented, select } from '../ui/controls';
import { h, replace, type Child } from '../ui/dom';
import { figure, type Figure } from '../ui/figure';
import { number, percent } from '../ui/format';
import { Question } from '../ui/question';
import { scenarioBody, scenarioControls } from '../ui/scenario';
import { table } from '../ui/table';
import { carLabel, carPicker } from './compare/cars';
import { byCountry, carbonFlow, carbonShares, energyFlow, metalFlow, ranked, tiersOf, type Flow, type Recycling } from './flow/build';
import { originMap } from './flow/map';
import { layout } from './layout';
import type { Mount } from './page';

interface Answer {
  car: Assessment;
  recycling: Recycling | null;
}

export const flow: Mount = ({ state, info, root }) => {
  const say = t().flow;
  const { controls, results, note } = layout(root, say.title, say.lead);
  const name = h('p', { class: 'picked' });
  const picture = figure();
  const map = originMap();
  const mapTier = h('div', { class: 'map-tier' });
  const tiers = h('div', { class: 'pair' });
  const tiersHead = h('h2', { class: 'rule-head' });
  results.append(picture.element, mapTier, map.element, tiersHead, tiers);
  const car = (): string => state.text('car', 'vw-id3-58');
  const of = (): string => state.text('of', 'carbon');
  const subject = h('div', {});
  controls.append(section(t().explain.subject, name, carPicker(info, t().explain.another, (id) => state.set({ car: id })), subject), section(t().compare.scenario, scenarioControls(info, state)));
  let drawn: Figure[] = [];

  const question = new Question<Answer>(note, async (signal) => {
    const argument = await carArgument(parseChoice(car()));
    const [cars, recycling] = await Promise.all([
      post<Assessment[]>('assess', { cars: [argument], ...scenarioBody(state), no_interval: true }, signal),
      // a car without a traction battery has no pack to recycle: the flow then ends in the car
      post<Recycling>('recycle', { car: argument, no_interval: true }, signal).catch((error: unknown) => {
        if (signal.aborted) throw error;
        return null;
      }),
    ]);
    const [first] = cars;
    if (!first) throw new Error(t().notice.none);
    return { car: first, recycling };
  }, ({ car: answer, recycling }) => {
    const label = carLabel(info, parseChoice(car()));
    name.textContent = label;
    const metals = Object.keys(answer.materials_kg).filter((metal) => tiersOf(answer, metal).length > 0);
    replace(subject, select(say.what, [{ value: 'carbon', label: say.carbon }, { value: 'energy', label: say.energy }, ...metals.map((id) => ({ value: id, label: term('materials', id) }))], of(), (next) => state.set({ of: next })));
    const built: Flow = of() === 'energy' ? energyFlow(answer) : metals.includes(of()) ? metalFlow(answer, recycling, of()) : carbonFlow(answer);
    const subjectName = of() === 'energy' ? say.energy : metals.includes(of()) ? term('materials', of()) : say.carbon;
    picture.draw({
      title: `${label}: ${subjectName}, ${built.unit}`,
      note: built.note,
      file: `minewheel-flow-${of()}`,
      height: (width) => (width < 560 ? 520 : Math.max(500, Math.min(width * 0.52, 720))),
      option: (graphic) => sankeyOption(built.nodes(graphic.theme), built.links, built.unit, graphic),
      rows: [['from', 'to', built.unit], ...built.links.map((link) => [link.from, link.to, link.value])],
      json: { of: of(), unit: built.unit, links: built.links },
      source: `${say.source} ${t().compare.model(answer.run.version, answer.run.data)}`,
      legend: built.columns.length > 0 ? h('ol', { class: 'columns' }, built.columns.map((column) => h('li', { text: column }))) : null,
    });
    const steps = tiersOf(answer, of());
    const step = steps.find(({ tier }) => tier === state.text('tier', '')) ?? steps[0];
    // The control stays while it is used, so that the keyboard keeps its place.
    const offered = steps.map(({ tier }) => tier).join();
    if (offered !== mapTier.dataset['tiers'] || !mapTier.contains(document.activeElement)) replace(mapTier, steps.length > 1 && step ? segmented(say.tier, steps.map(({ tier }) => ({ value: tier, label: term('tiers', tier) })), step.tier, (tier) => state.set({ tier })) : null);
    mapTier.dataset['tiers'] = offered;
    if (step) {
      map.draw({ title: `${label}: ${subjectName}, ${term('tiers', step.tier)}, ${say.shareAxis}`, file: `minewheel-map-${of()}-${step.tier}`, shares: byCountry(Object.entries(step.shares)), source: say.originSource });
    } else if (of() === 'carbon') {
      map.draw({ title: `${label}: ${say.mapCarbon}`, file: 'minewheel-map-carbon', shares: carbonShares(answer), source: `${say.source} ${t().compare.model(answer.run.version, answer.run.data)}` });
    } else map.hide();
    for (const one of drawn) one.close();
    drawn = [];
    tiersHead.textContent = say.tiersTitle;
    if (!metals.includes(of())) {
      tiers.className = '';
      replace(tiers, tierTable(answer, metals, (metal) => state.set({ of: metal })));
      return;
    }
    tiers.className = 'pair';
    replace(tiers, tiersOf(answer, of()).map(({ metal, tier, shares }) => {
      const one = figure();
      drawn.push(one);
      const rows = ranked(shares, 10);
      queueMicrotask(() => one.draw({
        title: `${term('materials', metal)}: ${term('tiers', tier)}`,
        file: `minewheel-origin-${metal}-${tier}`,
        height: barsHeight(rows.length),
        option: (graphic) => barsOption(rows.map(([place, share]) => ({ name: place === 'other' ? say.other : placeName(place), value: share * 100, label: percent(share), colour: place === 'other' || place === 'WORLD' ? graphic.theme.stages.end : undefined })), say.shareAxis, graphic),
        rows: [['place', 'share'], ...Object.entries(shares).sort((a, b) => b[1] - a[1])],
        json: { material: metal, tier, shares },
        source: say.originSource,
      }));
      return one.element;
    }));
  });
  const ask = (): void => question.ask([car(), scenarioBody(state)]);
  state.onChange(ask);
  ask();
  return { close: () => { question.stop(); picture.close(); map.close(); for (const one of drawn) one.close(); } };
};

const COLUMNS = ['mining', 'refining', 'active-material', 'component'];

/** The largest maker of each metal at each tier; a metal opens its own flow. */
function tierTable(car: Assessment, metals: string[], open: (metal: string) => void): HTMLElement {
  return table<string>(t().flow.tiersTitle, [
    { head: t().supply.material, cell: (metal) => h('button', { class: 'link', text: term('materials', metal), attrs: { type: 'button' }, on: { click: () => open(metal) } }) },
    { head: 'kg', numeric: true, cell: (metal) => number(car.materials_kg[metal]?.value) },
    ...COLUMNS.map((tier) => ({
      head: term('tiers', tier),
      cell: (metal: string): Child => {
        const [top] = ranked(car.origin[`${metal}/${tier}`] ?? {}, 99).filter(([place]) => place !== 'WORLD');
        if (!top) return '–';
        const fill = h('i', {});
        fill.style.width = `${top[1] * 100}%`;
        return [h('span', { class: 'tile-place', text: `${placeName(top[0])} ${percent(top[1])}` }), h('span', { class: 'bar', attrs: { 'aria-hidden': 'true' } }, fill)];
      },
    })),
  ], metals);
}
