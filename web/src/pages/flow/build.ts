// Nodes and links from the keys of `assess` and `recycle`; sums only, nothing modelled.
import type { Assessment } from '../../api/assess';
import type { FlowLink, FlowNode } from '../../charts/sankey';
import { groupOf, STAGE_GROUPS, type StageGroup, type Theme } from '../../charts/theme';
import { placeName, t, term } from '../../i18n';

export interface Recycling {
  gross_energy_kwh: number;
  routes: Array<{ elements: Array<{ element: string; fed_kg_per_kwh: number; recovered_kg_per_kwh: number }> }>;
}

export interface Flow {
  unit: string;
  note: string;
  columns: string[];
  nodes: (theme: Theme) => FlowNode[];
  links: FlowLink[];
}

const TIERS = ['mining', 'refining', 'component', 'active-material', 'cell'];
const SHOWN_PLACES = 9;

export interface Tier {
  metal: string;
  tier: string;
  shares: Record<string, number>;
}

export function tiersOf(car: Assessment, metal: string): Tier[] {
  return TIERS.flatMap((tier) => {
    const shares = car.origin[`${metal}/${tier}`];
    return shares ? [{ metal, tier, shares }] : [];
  });
}

/** The largest shares, the rest of the named places as `other`; `WORLD` is what the tables do not divide. */
export function ranked(shares: Record<string, number>, most: number): Array<[string, number]> {
  const sorted = Object.entries(shares).sort((a, b) => b[1] - a[1]);
  if (sorted.length <= most) return sorted;
  const rest = sorted.slice(most - 1).reduce((sum, [, share]) => sum + share, 0);
  return [...sorted.slice(0, most - 1), ['other', rest]];
}

/** Shares of the climate total by country where gases leave chimneys. */
export function carbonShares(car: Assessment): Record<string, number> {
  const total = car.climate_by_stage.reduce((sum, row) => sum + row.kg, 0);
  return byCountry(car.climate_by_stage.map((row) => [row.country ?? 'other', row.kg / total]));
}

/** Sums by country; provinces count to theirs. */
export function byCountry(shares: Array<[string, number]>): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [place, share] of shares) sums[countryOf(place)] = (sums[countryOf(place)] ?? 0) + share;
  return sums;
}

/** Provinces count to their country, so that the picture stays legible. */
function countryOf(place: string | null): string {
  return place?.split('-')[0] ?? 'other';
}

function phaseOf(group: StageGroup): 'making' | 'use' | 'end' {
  return group === 'energy' || group === 'upkeep' ? 'use' : group === 'end' ? 'end' : 'making';
}

const PHASE_STAGE: Record<'making' | 'use' | 'end', StageGroup> = { making: 'battery', use: 'energy', end: 'end' };

export function carbonFlow(car: Assessment): Flow {
  const say = t().flow;
  const byPlace = new Map<string, number>();
  for (const row of car.climate_by_stage) byPlace.set(countryOf(row.country), (byPlace.get(countryOf(row.country)) ?? 0) + row.kg);
  const shown = new Set([...byPlace].sort((a, b) => b[1] - a[1]).slice(0, SHOWN_PLACES).map(([place]) => place));
  const first = new Map<string, number>();
  const second = new Map<string, number>();
  for (const row of car.climate_by_stage) {
    const place = shown.has(countryOf(row.country)) ? countryOf(row.country) : 'other';
    const group = groupOf(row.stage);
    first.set(`${place}|${group}`, (first.get(`${place}|${group}`) ?? 0) + row.kg);
    second.set(`${group}|${phaseOf(group)}`, (second.get(`${group}|${phaseOf(group)}`) ?? 0) + row.kg);
  }
  const split = (key: string): [string, string] => key.split('|') as [string, string];
  const links = [
    ...[...first].map(([key, kg]) => ({ from: `place:${split(key)[0]}`, to: `group:${split(key)[1]}`, value: kg })),
    ...[...second].map(([key, kg]) => ({ from: `group:${split(key)[0]}`, to: `phase:${split(key)[1]}`, value: kg })),
  ].filter((link) => link.value > 0);
  const used = new Set(links.flatMap((link) => [link.from, link.to]));
  return {
    unit: 'kg CO₂e',
    note: say.carbonNote,
    columns: [say.columns.place, say.columns.part, say.columns.phase],
    links,
    nodes: (theme) => [
      ...[...shown, 'other'].map((place) => ({ id: `place:${place}`, name: place === 'other' ? say.other : placeName(place), column: 0, colour: theme.soft })),
      ...STAGE_GROUPS.map((group) => ({ id: `group:${group}`, name: t().groups[group], column: 1, colour: theme.stages[group] })),
      ...(['making', 'use', 'end'] as const).map((phase) => ({ id: `phase:${phase}`, name: say.phases[phase], column: 2, colour: theme.stages[PHASE_STAGE[phase]] })),
    ].filter((node) => used.has(node.id)),
  };
}

export function energyFlow(car: Assessment): Flow {
  const say = t().flow;
  const kinds = ['fossil', 'nuclear', 'renewable'] as const;
  const phases = ['making', 'use', 'end'] as const;
  const links = kinds.flatMap((kind) => phases.map((phase, at) => ({
    from: `kind:${kind}`, to: `phase:${phase}`, value: (car.impacts[`energy-${kind}`]?.by_phase[at] ?? 0) / 1000,
  }))).filter((link) => link.value > 0);
  const used = new Set(links.flatMap((link) => [link.from, link.to]));
  return {
    unit: 'GJ',
    note: say.energyNote(`${Math.round((car.impacts['energy']?.coverage ?? 0) * 100)} %`),
    columns: [say.columns.source, say.columns.phase],
    links,
    nodes: (theme) => [
      ...kinds.map((kind, at) => ({ id: `kind:${kind}`, name: say.kinds[kind], column: 0, colour: [theme.ink, theme.cars[2] ?? theme.ink, theme.accent][at] ?? theme.ink })),
      ...phases.map((phase) => ({ id: `phase:${phase}`, name: say.phases[phase], column: 1, colour: theme.stages[PHASE_STAGE[phase]] })),
    ].filter((node) => used.has(node.id)),
  };
}

export function metalFlow(car: Assessment, recycling: Recycling | null, metal: string): Flow {
  const say = t().flow;
  const mass = car.materials_kg[metal]?.value ?? 0;
  const tiers = tiersOf(car, metal);
  const links: FlowLink[] = [];
  const nodes: Array<Omit<FlowNode, 'colour'> & { kind: 'place' | 'hub' | 'car' | 'back' | 'lost' }> = [];
  // between two tiers the tables say who makes how much, not who sells to whom: flows meet in a hub
  tiers.forEach(({ tier, shares }, at) => {
    const entry = `hub:${at}`;
    const exit = at === tiers.length - 1 ? 'car' : `hub:${at + 1}`;
    if (at > 0) nodes.push({ id: entry, name: say.market, column: at * 2 - 1, kind: 'hub' });
    for (const [place, share] of ranked(shares, SHOWN_PLACES)) {
      const id = `${tier}:${place}`;
      nodes.push({ id, name: place === 'other' ? say.other : placeName(place), column: at * 2, kind: 'place' });
      if (at > 0) links.push({ from: entry, to: id, value: share * mass });
      links.push({ from: id, to: exit, value: share * mass });
    }
  });
  const column = Math.max(tiers.length * 2 - 1, 0);
  nodes.push({ id: 'car', name: say.car, column, kind: 'car' });
  const element = recycling?.routes[0]?.elements.find((one) => one.element === (metal === 'graphite' ? 'carbon' : metal));
  if (recycling && element && metal !== 'graphite') {
    const fed = element.fed_kg_per_kwh * recycling.gross_energy_kwh;
    const back = element.recovered_kg_per_kwh * recycling.gross_energy_kwh;
    const inPack = Math.min(fed, mass);
    nodes.push({ id: 'pack', name: say.pack, column: column + 1, kind: 'car' }, { id: 'back', name: say.back, column: column + 2, kind: 'back' }, { id: 'lost', name: say.lost, column: column + 2, kind: 'lost' });
    links.push({ from: 'car', to: 'pack', value: inPack }, { from: 'pack', to: 'back', value: Math.min(back, inPack) }, { from: 'pack', to: 'lost', value: Math.max(inPack - back, 0) });
    if (mass - inPack > mass * 0.001) {
      nodes.push({ id: 'body', name: say.restOfCar, column: column + 1, kind: 'car' });
      links.push({ from: 'car', to: 'body', value: mass - inPack });
    }
  }
  return {
    unit: 'kg',
    note: say.metalNote,
    columns: Array.from({ length: column + (links.some((link) => link.to === 'pack') ? 3 : 1) }, (_, at) => (at % 2 === 0 ? term('tiers', tiers[at / 2]?.tier ?? '') : '')),
    links,
    nodes: (theme) => {
      const used = new Set(links.filter((link) => link.value > 0).flatMap((link) => [link.from, link.to]));
      const colours = { place: theme.stages.drive, hub: theme.soft, car: theme.accent, back: theme.stages.energy, lost: theme.stages.end };
      return nodes.filter((node) => used.has(node.id)).map(({ kind, ...node }) => ({ ...node, colour: colours[kind] }));
    },
  };
}
