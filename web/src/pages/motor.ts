// A machine from its specification: efficiency map, bill, and the kinds of machine against each other.
import { post, type Body } from '../api/client';
import type { MotorAnswer } from '../api/motor';
import { barsHeight, barsOption } from '../charts/bars';
import { bandColour, drivingGrid, efficiencyOption, LEVELS, usedBands } from '../charts/efficiency';
import { paretoOption } from '../charts/pareto';
import { t, term } from '../i18n';
import { button, section, segmented, select, slider } from '../ui/controls';
import { h, replace } from '../ui/dom';
import { facts } from '../ui/facts';
import { figure } from '../ui/figure';
import { number, percent } from '../ui/format';
import { fills } from '../ui/legend';
import { notice } from '../ui/notice';
import { Question } from '../ui/question';
import { placeControls, yearControl } from '../ui/scenario';
import { statusText } from '../ui/status';
import { table } from '../ui/table';
import { px } from '../charts/theme';
import { layout } from './layout';
import type { Mount } from './page';

const TOPOLOGIES = ['ipm', 'spm', 'pma-synrm', 'eesm', 'induction', 'srm'] as const;

function first<T>(answer: T | T[]): T {
  const one = Array.isArray(answer) ? answer[0] : answer;
  if (one === undefined) throw new Error(t().notice.none);
  return one;
}

export const motor: Mount = ({ state, info, root }) => {
  const say = t().motor;
  const { controls, results, note } = layout(root, say.title, say.lead);
  const head = h('div', {});
  const [map, bill, pareto] = [figure(), figure(), figure()];
  const side = notice();
  const start = h('div', { class: 'start' });
  const kinds = h('div', { class: 'facts' });
  results.append(head, h('div', { class: 'pair' }, map.element, bill.element), start, side.element, pareto.element, kinds);
  controls.append(
    section(say.machine,
      select(say.topology, TOPOLOGIES.map((id) => ({ value: id, label: t().topologies[id] })), state.text('topology', 'ipm'), (topology) => state.set({ topology })),
      slider(say.power, 'kW', 20, 400, 5, state.number('power', 150), (power) => state.set({ power })),
      slider(say.top, 'rpm', 6000, 24000, 500, state.number('top', 16000), (top) => state.set({ top })),
      slider(say.voltage, 'V', 200, 1000, 50, state.number('voltage', 400), (voltage) => state.set({ voltage })),
      segmented(say.cooling, [{ value: 'jacket', label: say.jacket }, { value: 'oil', label: say.oil }], state.text('cooling', 'oil'), (cooling) => state.set({ cooling })),
      segmented(say.inverter, [{ value: 'igbt', label: 'IGBT' }, { value: 'sic', label: 'SiC' }], state.text('inverter', 'igbt'), (inverter) => state.set({ inverter }))),
    section(say.making, placeControls(info, state, 'made_in', t().battery.madeIn, 'CN'), yearControl(info, state)));

  const body = (): Body => ({
    topology: state.text('topology', 'ipm'), power_kw: state.number('power', 150), top_speed_rpm: state.number('top', 16000), voltage: state.number('voltage', 400),
    cooling: state.text('cooling', 'oil'), inverter: state.text('inverter', 'igbt'), made_in: state.text('made_in', 'CN'), year: state.number('year', 2025),
  });

  const question = new Question<MotorAnswer>(note, async (signal) => first(await post<MotorAnswer | MotorAnswer[]>('motor', body(), signal)), (answer) => {
    const name = t().topologies[answer.topology as (typeof TOPOLOGIES)[number]] ?? answer.topology;
    replace(head, facts([
      { label: say.facts.mass, value: number(answer.mass_kg), unit: 'kg' },
      { label: say.facts.best, value: percent(answer.best_efficiency, 3) },
      { label: say.facts.cycle, value: percent(answer.cycle_efficiency, 3) },
      { label: say.facts.rare, value: number(answer.rare_earth_kg), unit: 'kg' },
      { label: say.facts.footprint, value: number(answer.machine_footprint_kg), unit: 'kg CO₂e' },
      { label: say.facts.cost, value: number(answer.cost_usd), unit: 'USD' },
      { label: say.facts.size, value: `${number(answer.outer_mm)} × ${number(answer.stack_mm)}`, unit: 'mm' },
    ]));
    const grid = drivingGrid(answer.map);
    const used = usedBands(grid);
    const bands = ['< 70 %', ...LEVELS.map((level) => `≥ ${Math.round(level * 100)} %`)].slice(0, used[1] + 1);
    map.draw({
      title: `${say.mapTitle}: ${name}`, note: say.mapNote, file: 'minewheel-motor-map', height: (width) => Math.max(320, Math.min(width * 0.62, 560)),
      option: (graphic) => efficiencyOption(answer.map, { speed: say.speed, torque: say.torque, full: say.full, continuous: say.continuous, efficiency: say.efficiency }, graphic),
      rows: [['rpm', 'Nm', 'efficiency'], ...grid.rpm.flatMap((rpm, i) => (grid.torque[i] ?? []).map((torque, j) => [rpm, torque, grid.efficiency[i]?.[j] ?? null]))],
      json: answer.map, source: say.mapSource, keys: fills(bands.map((label, at) => [label, (theme) => bandColour(theme.sequence, at, used)])),
    });
    const items = [...answer.bill].sort((a, b) => b.kg_co2e - a.kg_co2e).slice(0, 14);
    bill.draw({
      title: say.billTitle, note: say.billNote, file: 'minewheel-motor-bill', height: barsHeight(items.length),
      option: (graphic) => barsOption(items.map((row) => ({ name: `${term('terms', row.part)}: ${term('terms', row.product)}`, value: row.kg_co2e, foot: `${number(row.amount)} ${row.unit} · ${statusText(row.status)}`, colour: graphic.theme.stages.drive })), 'kg CO₂e', graphic),
      rows: [['part', 'product', 'amount', 'unit', 'kg CO2e', 'status'], ...answer.bill.map((row) => [row.part, row.product, row.amount, row.unit, row.kg_co2e, row.status])],
      json: answer.bill, source: say.billSource,
    });
  });

  const compared = new Question<MotorAnswer[]>(side, (signal) => post('motor', { ...body(), topology: undefined, compare: true }, signal), (answers) => {
    const label = (id: string): string => t().topologies[id as (typeof TOPOLOGIES)[number]] ?? id;
    pareto.draw({
      title: say.paretoTitle, note: say.paretoNote, file: 'minewheel-motor-kinds', height: () => px(380),
      option: (graphic) => paretoOption(answers.map((one) => ({
        name: one.topology.toUpperCase(), x: one.machine_footprint_kg, y: one.wall_wh_per_km, best: one.is_pareto === true,
        lines: [[say.facts.footprint, `${number(one.machine_footprint_kg)} kg CO₂e`], [say.wall, `${number(one.wall_wh_per_km)} Wh/km`], [say.facts.rare, `${number(one.rare_earth_kg)} kg`], [say.facts.cost, `${number(one.cost_usd)} USD`]],
      })), `${say.facts.footprint}, kg CO₂e`, `${say.wall}, Wh/km`, graphic),
      rows: [['topology', 'kg CO2e', 'Wh/km', 'mass kg', 'rare earths kg', 'USD', 'pareto'], ...answers.map((one) => [one.topology, one.machine_footprint_kg, one.wall_wh_per_km, one.mass_kg, one.rare_earth_kg, one.cost_usd, String(one.is_pareto)])],
      json: answers.map(({ map: _, bill: __, ...rest }) => rest), source: say.paretoSource,
    });
    replace(kinds, h('h3', { text: say.kindsTitle }), table(say.kindsTitle, [
      { head: say.topology, cell: (one) => label(one.topology) },
      { head: `${say.facts.mass}, kg`, numeric: true, cell: (one) => number(one.mass_kg) },
      { head: `${say.facts.rare}, kg`, numeric: true, cell: (one) => number(one.rare_earth_kg) },
      { head: say.facts.cycle, numeric: true, cell: (one) => percent(one.cycle_efficiency, 3) },
      { head: `${say.wall}, Wh/km`, numeric: true, cell: (one) => number(one.wall_wh_per_km) },
      { head: `${say.facts.footprint}, kg CO₂e`, numeric: true, cell: (one) => number(one.machine_footprint_kg) },
      { head: `${say.facts.cost}, USD`, numeric: true, cell: (one) => number(one.cost_usd) },
      { head: say.unbeaten, cell: (one) => (one.is_pareto ? `◆ ${say.yes}` : `◇ ${say.no}`) },
    ], answers));
  });

  const ask = (): void => {
    question.ask(body());
    const wanted = state.flag('kinds');
    replace(start, wanted ? null : button(say.compareAll, () => state.set({ kinds: true }), 'primary'), wanted ? null : h('p', { class: 'hint', text: say.compareHint }));
    if (wanted) {
      clearTimeout(timer);
      timer = window.setTimeout(() => compared.ask({ ...body(), topology: undefined }), 500);
    }
  };
  let timer = 0;
  state.onChange(ask);
  ask();
  return {
    close() {
      clearTimeout(timer);
      question.stop();
      compared.stop();
      for (const one of [map, bill, pareto]) one.close();
    },
  };
};
