// The curve of abatement by cost: a step as wide as what a measure avoids and as high as what a tonne of it costs.
import type { Graphic } from '../ui/figure';
import { number } from '../ui/format';
import { short } from './lines';
import type { Option, Series, XAxis, YAxis } from './engine';
import { px } from './theme';
import { axisText, tip, tooltip, valueAxis } from './tips';

export interface Step {
  kind: string;
  supplier: string;
  /** From and to in tonnes a year. */
  from: number;
  to: number;
  usdPerTonne: number;
  chosen: boolean;
  foot: string;
}

export interface AbatementWords {
  x: string;
  y: string;
  avoids: string;
}

/** The part of the abatement at either end that the picture leaves out: a few kilograms there cost so much that nothing else would be seen. */
const TAIL = 0.01;

export function shownSteps(steps: Step[]): Step[] {
  const whole = steps.at(-1)?.to ?? 0;
  return steps.filter((step) => step.to >= TAIL * whole && step.from <= (1 - TAIL) * whole);
}

interface RenderApi {
  value(dimension: number): number;
  coord(point: [number, number]): [number, number];
}

export function abatementOption(steps: Step[], colours: Record<string, string>, words: AbatementWords, { theme, narrow }: Graphic): Option {
  const shown = shownSteps(steps);
  return {
    grid: { left: px(62), right: px(20), top: px(34), bottom: px(50) },
    tooltip: tooltip(theme, (params) => {
      const step = shown[(params.value as number[])[3] ?? 0];
      return step ? tip(`${step.supplier}: ${step.kind}`, [[words.avoids, number(step.to - step.from)], [words.y, number(step.usdPerTonne)]], step.foot) : '';
    }),
    xAxis: valueAxis(theme, words.x, { nameLocation: 'middle', nameGap: px(30), nameTextStyle: axisText(theme), min: shown[0]?.from ?? 0, max: shown.at(-1)?.to ?? 1, splitNumber: narrow ? 3 : 6, splitLine: { show: false }, axisLine: { show: true, onZero: false, lineStyle: { color: theme.ink } }, axisLabel: { ...axisText(theme), hideOverlap: true, showMinLabel: false, showMaxLabel: false, formatter: short } }) as XAxis,
    yAxis: valueAxis(theme, words.y, { nameTextStyle: { ...axisText(theme), align: 'left', padding: [0, 0, 0, -px(52)] }, axisLabel: { ...axisText(theme), formatter: short } }) as YAxis,
    series: [{
      id: 'steps',
      type: 'custom' as const,
      encode: { x: [0, 1], y: 2 },
      data: shown.map((step, at) => [step.from, step.to, step.usdPerTonne, at]),
      renderItem: (_: unknown, api: RenderApi) => {
        const step = shown[api.value(3)];
        const [left, zero] = api.coord([api.value(0), 0]);
        const [right, top] = api.coord([api.value(1), api.value(2)]);
        const colour = colours[step?.kind ?? ''] ?? theme.accent;
        return {
          type: 'rect',
          shape: { x: left, y: Math.min(top, zero), width: Math.max(right - left, 0.5), height: Math.max(Math.abs(zero - top), 1) },
          style: { fill: colour, opacity: step?.chosen === false ? 0.28 : 1 },
        };
      },
      markLine: { silent: true, symbol: 'none', label: { show: false }, lineStyle: { color: theme.ink, type: 'solid', width: 1 }, data: [{ yAxis: 0 }] },
    }] as unknown as Series,
  };
}
