// What works could change, at what cost, and what a budget buys of it year by year.
import type { Plan } from '../../api/suppliers';
import { abatementOption, type Step } from '../../charts/abatement';
import { linesOption } from '../../charts/lines';
import { px, STAGE_GROUPS, type Theme } from '../../charts/theme';
import { t, term } from '../../i18n';
import type { Drawing } from '../../ui/figure';
import { number } from '../../ui/format';
import { carKeys, fills } from '../../ui/legend';

const KG_PER_TONNE = 1000;

export function tonnes(kg: number): number {
  return kg / KG_PER_TONNE;
}

export function measureName(kind: string): string {
  return (t().suppliers.kinds as Record<string, string>)[kind] ?? term('terms', kind);
}

function kindColour(at: number, theme: Theme): string {
  return theme.stages[STAGE_GROUPS[at % STAGE_GROUPS.length] ?? 'battery'];
}

export function curveDrawing(plan: Plan): Drawing {
  const say = t().suppliers;
  const key = (one: { supplier: string; measure: string }): string => `${one.supplier}/${one.measure}`;
  const decided = new Map(plan.decisions.map((one) => [key(one), one.year]));
  const steps: Step[] = plan.curve.map((one) => {
    const year = decided.get(key(one));
    return { kind: measureName(one.measure), supplier: one.supplier, from: tonnes(one.cumulative_kg_per_year - one.abated_kg_per_year), to: tonnes(one.cumulative_kg_per_year), usdPerTonne: one.usd_per_tonne, chosen: year !== undefined, foot: year === undefined ? say.notChosen : say.chosenIn(year) };
  });
  const kinds = [...new Set(steps.map((step) => step.kind))];
  return {
    title: say.curveTitle, note: say.curveNote, file: 'minewheel-suppliers-abatement', height: () => px(340),
    keys: fills(kinds.map((kind, at) => [kind, (theme) => kindColour(at, theme)])),
    option: (graphic) => abatementOption(steps, Object.fromEntries(kinds.map((kind, at) => [kind, kindColour(at, graphic.theme)])), { x: say.curveX, y: say.curveY, avoids: say.avoids }, graphic),
    rows: [['supplier', 'measure', 'USD a tonne', 't a year', 't up to here', 'chosen in', 'source', 'status'], ...plan.curve.map((one) => [one.supplier, one.measure, one.usd_per_tonne, tonnes(one.abated_kg_per_year), tonnes(one.cumulative_kg_per_year), decided.get(key(one)) ?? '', one.source, one.status])],
    json: plan.curve, source: say.curveSource,
  };
}

export function yearsDrawing(plan: Plan): Drawing {
  const say = t().suppliers;
  const lines = [
    { name: say.avoided, points: plan.years.map((year): [number, number] => [year.year, tonnes(year.abated_kg)]) },
    { name: say.target, points: plan.years.flatMap((year): Array<[number, number]> => (year.target_kg === null ? [] : [[year.year, tonnes(year.target_kg)]])) },
  ].filter((line) => line.points.length > 0);
  return {
    title: say.yearsTitle, note: say.yearsNote, file: 'minewheel-suppliers-years', height: () => px(300), keys: carKeys(lines.map((line) => line.name)),
    option: (graphic) => linesOption(lines, { x: t().market.year, y: say.tonnesYear, integerX: true }, graphic),
    rows: [['year', 'budget USD', 'spent USD', 'saved USD', 'avoided t', 'target t', 'missed t', 'suppliers kg a car'], ...plan.years.map((year) => [year.year, year.budget_usd, year.spent_usd, year.saved_usd, tonnes(year.abated_kg), year.target_kg === null ? null : tonnes(year.target_kg), tonnes(year.missed_kg), year.suppliers_kg_per_car])],
    json: plan.years, source: say.bound(number(tonnes(plan.abated_kg)), number(tonnes(plan.bound_kg))),
  };
}

export function moneyDrawing(plan: Plan): Drawing {
  const say = t().suppliers;
  const lines = [
    { name: say.budget, points: plan.years.map((year): [number, number] => [year.year, year.budget_usd]) },
    { name: say.spent, points: plan.years.map((year): [number, number] => [year.year, year.spent_usd]) },
    { name: say.saved, points: plan.years.map((year): [number, number] => [year.year, year.saved_usd]) },
  ];
  return {
    title: say.moneyTitle, note: say.moneyNote, file: 'minewheel-suppliers-money', height: () => px(300), keys: carKeys(lines.map((line) => line.name)),
    option: (graphic) => linesOption(lines, { x: t().market.year, y: say.usdYear, integerX: true }, graphic),
    rows: [['year', 'budget USD', 'spent USD', 'saved USD'], ...plan.years.map((year) => [year.year, year.budget_usd, year.spent_usd, year.saved_usd])],
    json: plan.years, source: say.moneySource,
  };
}
