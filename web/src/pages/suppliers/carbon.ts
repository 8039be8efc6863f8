// Who holds carbon and who holds doubt, by works or summed by place, tier or part.
import type { Reported, RollUp, SupplierLine } from '../../api/suppliers';
import { barsHeight, barsOption } from '../../charts/bars';
import type { Theme } from '../../charts/theme';
import { placeName, t, term } from '../../i18n';
import type { Drawing } from '../../ui/figure';
import { percent } from '../../ui/format';
import { fills, type Key } from '../../ui/legend';

export type By = 'supplier' | 'place' | 'tier' | 'part';
export const BY: By[] = ['supplier', 'place', 'tier', 'part'];

const SIGNS: Record<Reported, string> = { footprint: '●', energy: '◐', nothing: '○' };

export function reportedColour(reported: Reported, theme: Theme): string {
  return { footprint: theme.accent, energy: theme.sequence[4] ?? theme.accent, nothing: theme.stages.body }[reported];
}

export function reportedText(reported: Reported): string {
  return `${SIGNS[reported]} ${t().suppliers.reported[reported]}`;
}

/** `cathode/cam-nmc622` in words. */
export function deliveryName(delivery: string): string {
  return delivery.split('/').map((id) => term('terms', id)).join(', ');
}

/** What a delivery is in the end: its product, or the part. */
function shortName(delivery: string): string {
  return term('terms', delivery.split('/').at(-1) ?? delivery);
}

interface Group {
  name: string;
  kg: number;
  deviation: number | null;
  doubt: number;
  reported: Reported | null;
  works: number;
}

function groupName(line: SupplierLine, by: By): string {
  if (by === 'place') return placeName(line.place);
  if (by === 'tier') return t().suppliers.tierName(line.tier);
  if (by === 'part') return term('terms', (line.delivers[0] ?? '').split('/')[0] ?? '');
  return `${SIGNS[line.reported]} ${line.supplier} ${line.delivers.map(shortName).join('; ')} (${line.place})`;
}

function groups(lines: SupplierLine[], by: By): Group[] {
  if (by === 'supplier') return lines.map((line) => ({ name: groupName(line, by), kg: line.kg_co2e, deviation: line.deviation_kg_co2e, doubt: line.variance_share, reported: line.reported, works: 1 }));
  const found = new Map<string, Group>();
  for (const line of lines) {
    const name = groupName(line, by);
    const group = found.get(name) ?? { name, kg: 0, deviation: null, doubt: 0, reported: null, works: 0 };
    group.kg += line.kg_co2e;
    group.doubt += line.variance_share;
    group.works += 1;
    found.set(name, group);
  }
  return [...found.values()];
}

export function carbonDrawings(answer: RollUp, by: By, most: number): { carbon: Drawing; doubt: Drawing } {
  const say = t().suppliers;
  const all = groups(answer.suppliers, by);
  const colour = (group: Group, theme: Theme): string => (group.reported ? reportedColour(group.reported, theme) : theme.accent);
  const keys: Key[] = by === 'supplier' ? fills((['footprint', 'energy', 'nothing'] as Reported[]).map((kind) => [reportedText(kind), (theme) => reportedColour(kind, theme)])) : [];
  const head = ['supplier', 'name', 'place', 'tier', 'delivers', 'reported', 'kg CO2e a car', 'standard deviation', 'share', 'primary share', 'share of variance'];
  const rows = [head, ...answer.suppliers.map((line) => [line.supplier, line.name, line.place, line.tier, line.delivers.join('; '), line.reported, line.kg_co2e, line.deviation_kg_co2e, line.share, line.primary_share, line.variance_share])];
  const foot = (group: Group): string => (group.reported ? say.reported[group.reported] : say.worksCount(group.works));
  const byCarbon = [...all].sort((a, b) => b.kg - a.kg).slice(0, most);
  const byDoubt = [...all].sort((a, b) => b.doubt - a.doubt).slice(0, most);
  return {
    carbon: {
      title: say.carbonTitle, note: by === 'supplier' ? say.carbonNote : say.carbonSummed, file: 'minewheel-suppliers-carbon', height: barsHeight(byCarbon.length), keys,
      option: (graphic) => barsOption(byCarbon.map((group) => ({
        name: group.name, value: group.kg, colour: colour(group, graphic.theme), foot: foot(group),
        ...(group.deviation === null ? {} : { low: Math.max(group.kg - group.deviation, 0), high: group.kg + group.deviation }),
      })), say.carbonUnit, graphic),
      rows, json: answer, source: `${answer.year} · ${say.first(byCarbon.length, all.length)} · ${t().battery.weakest}: ${t().status[answer.weakest_status]}`,
    },
    doubt: {
      title: say.doubtTitle, note: say.doubtNote, file: 'minewheel-suppliers-doubt', height: barsHeight(byDoubt.length), keys,
      option: (graphic) => barsOption(byDoubt.map((group) => ({ name: group.name, value: group.doubt * 100, label: percent(group.doubt), colour: colour(group, graphic.theme), foot: foot(group) })), say.doubtUnit, graphic),
      rows, json: answer, source: say.doubtSource,
    },
  };
}
