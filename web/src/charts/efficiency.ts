// Efficiency over speed and torque: bands of colour, lines of equal efficiency, full-load and continuous curves.
import type { MotorMap } from '../api/motor';
import type { Graphic } from '../ui/figure';
import { number, percent } from '../ui/format';
import type { Option, Series, XAxis, YAxis } from './engine';
import { px } from './theme';
import { axisText, tip, tooltip, valueAxis } from './tips';

export const LEVELS = [0.7, 0.8, 0.85, 0.88, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97];
const RPM_PER_RAD_S = 60 / (2 * Math.PI);

export interface Grid {
  rpm: number[];
  /** Torque and efficiency by speed and share, driving side only. */
  torque: number[][];
  efficiency: number[][];
}

/** Shaft power over shaft power and loss, where the machine drives. */
export function drivingGrid(map: MotorMap): Grid {
  const from = map.shares.findIndex((share) => share > 0);
  const shares = map.shares.slice(from);
  const torque = map.speeds_rad_s.map((_, at) => shares.map((share) => share * (map.peak_nm[at] ?? 0)));
  const efficiency = map.speeds_rad_s.map((speed, at) => shares.map((_, column) => {
    const power = speed * (torque[at]?.[column] ?? 0);
    return power / (power + (map.loss_w[at * map.shares.length + from + column] ?? 0));
  }));
  return { rpm: map.speeds_rad_s.map((speed) => speed * RPM_PER_RAD_S), torque, efficiency };
}

type Point = [number, number];

interface Corner {
  value: number;
  point: Point;
}

function cut(a: Corner, b: Corner, level: number): Point {
  const share = (level - a.value) / (b.value - a.value);
  return [a.point[0] + share * (b.point[0] - a.point[0]), a.point[1] + share * (b.point[1] - a.point[1])];
}

export interface Contours {
  /** What lies at or above a band in a cell, lowest band first, to be painted over each other. */
  fields: Array<{ points: Point[]; band: number; middle: Corner }>;
  lines: Array<[Point, Point]>;
}

/** Fields and lines of equal efficiency, cell by cell (marching squares with straight edges). */
export function contours(grid: Grid): Contours {
  const out: Contours = { fields: [], lines: [] };
  const corner = (i: number, j: number): Corner => ({ value: grid.efficiency[i]?.[j] ?? 0, point: [grid.rpm[i] ?? 0, grid.torque[i]?.[j] ?? 0] });
  for (let i = 0; i + 1 < grid.rpm.length; i += 1) {
    for (let j = 0; j + 1 < (grid.torque[i]?.length ?? 0); j += 1) {
      const ring = [corner(i, j), corner(i + 1, j), corner(i + 1, j + 1), corner(i, j + 1)];
      const values = ring.map((one) => one.value);
      const mean = (pick: (one: Corner) => number): number => ring.reduce((sum, one) => sum + pick(one), 0) / ring.length;
      const middle: Corner = { value: mean((one) => one.value), point: [mean((one) => one.point[0]), mean((one) => one.point[1])] };
      const lowest = bandOf(Math.min(...values));
      out.fields.push({ points: ring.map((one) => one.point), band: lowest, middle });
      for (let band = lowest + 1; band <= bandOf(Math.max(...values)); band += 1) {
        const level = LEVELS[band - 1] ?? 1;
        const points: Point[] = [];
        const cuts: Point[] = [];
        ring.forEach((a, at) => {
          const b = ring[(at + 1) % 4] ?? a;
          if (a.value >= level) points.push(a.point);
          if ((a.value < level) !== (b.value < level)) {
            const crossing = cut(a, b, level);
            points.push(crossing);
            cuts.push(crossing);
          }
        });
        out.fields.push({ points, band, middle });
        for (let at = 0; at + 1 < cuts.length; at += 2) out.lines.push([cuts[at] as Point, cuts[at + 1] as Point]);
      }
    }
  }
  return out;
}

export function bandOf(value: number): number {
  return LEVELS.filter((level) => value >= level).length;
}

export function bandColour(colours: string[], band: number, used: [number, number]): string {
  const [low, high] = used;
  const share = high === low ? 1 : (band - low) / (high - low);
  return colours[Math.round(Math.max(0, Math.min(1, share)) * (colours.length - 1))] ?? '';
}

export function usedBands(grid: Grid): [number, number] {
  const best = Math.max(...grid.efficiency.flat());
  return [0, bandOf(best)];
}

interface RenderApi {
  value(dimension: number): number;
  coord(point: Point): Point;
}

export function efficiencyOption(map: MotorMap, words: { speed: string; torque: string; full: string; continuous: string; efficiency: string }, { theme, narrow }: Graphic): Option {
  const grid = drivingGrid(map);
  const used = usedBands(grid);
  const { fields, lines } = contours(grid);
  const curve = (values: number[], name: string, dash: 'solid' | number[]): Record<string, unknown> => ({
    id: name, name, type: 'line', symbol: 'none', silent: true, z: 5, lineStyle: { color: theme.ink, width: 2, type: dash }, data: values.map((value, index) => [grid.rpm[index], value]),
  });
  return {
    grid: { left: px(52), right: narrow ? 12 : px(20), top: px(28), bottom: px(48) },
    tooltip: tooltip(theme, (params) => {
      const field = fields[params.dataIndex];
      if (!field) return '';
      const { value, point: [rpm, torque] } = field.middle;
      return tip(`${words.efficiency} ${percent(value, 3)}`, [[words.speed, number(rpm)], [words.torque, number(torque)]]);
    }),
    xAxis: valueAxis(theme, words.speed, { nameLocation: 'middle', nameGap: px(30), nameTextStyle: axisText(theme), max: Math.round(Math.max(...grid.rpm)), splitLine: { show: false }, axisLine: { show: true, lineStyle: { color: theme.ink } }, axisLabel: { ...axisText(theme), hideOverlap: true, showMaxLabel: false } }) as XAxis,
    yAxis: valueAxis(theme, words.torque, { nameTextStyle: { ...axisText(theme), align: 'left', padding: [0, 0, 0, -px(44)] } }) as YAxis,
    series: [
      {
        id: 'bands', type: 'custom', z: 1, data: fields.map((field) => [...field.middle.point]), encode: { x: 0, y: 1 }, clip: true, animation: false,
        renderItem: (params: { dataIndex: number }, api: RenderApi) => {
          const field = fields[params.dataIndex];
          const colour = bandColour(theme.sequence, field?.band ?? 0, used);
          return { type: 'polygon', shape: { points: (field?.points ?? []).map((point) => api.coord(point)) }, style: { fill: colour, stroke: colour, lineWidth: 0.6 } };
        },
      },
      {
        id: 'lines', type: 'custom', z: 2, silent: true, data: lines.map(([a, b]) => [...a, ...b]), animation: false,
        renderItem: (_: unknown, api: RenderApi) => {
          const [x1, y1] = api.coord([api.value(0), api.value(1)]);
          const [x2, y2] = api.coord([api.value(2), api.value(3)]);
          return { type: 'line', shape: { x1, y1, x2, y2 }, style: { stroke: theme.paper, lineWidth: 1 } };
        },
      },
      curve(map.peak_nm, words.full, 'solid'),
      curve(map.continuous_nm, words.continuous, [6, 4]),
    ] as unknown as Series,
  };
}
