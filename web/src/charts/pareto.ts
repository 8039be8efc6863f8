// Two aims against each other; designs that no other beats in all aims are filled.
import type { Graphic } from '../ui/figure';
import { number } from '../ui/format';
import type { Option, Series, XAxis, YAxis } from './engine';
import { pick, SYMBOLS, px } from './theme';
import { axisText, tip, tooltip, valueAxis } from './tips';

export interface Design {
  name: string;
  x: number;
  y: number;
  best: boolean;
  lines: Array<[string, string]>;
}

export function paretoOption(designs: Design[], xName: string, yName: string, { theme }: Graphic): Option {
  const spread = (values: number[]): { min: number; max: number } => {
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const gap = (high - low || 1) * 0.15;
    return { min: low - gap < 0 && low >= 0 ? 0 : low - gap, max: high + gap };
  };
  return {
    grid: { left: px(56), right: px(30), top: px(30), bottom: px(50) },
    tooltip: tooltip(theme, (params) => {
      const design = designs[params.seriesIndex ?? 0];
      return design ? tip(design.name, design.lines) : '';
    }),
    xAxis: valueAxis(theme, xName, { ...spread(designs.map((one) => one.x)), nameLocation: 'middle', nameGap: px(30), nameTextStyle: axisText(theme), axisLine: { show: true, lineStyle: { color: theme.ink } }, splitLine: { show: false }, axisLabel: { ...axisText(theme), showMinLabel: false, showMaxLabel: false, formatter: (value: number) => number(value) } }) as XAxis,
    yAxis: valueAxis(theme, yName, { ...spread(designs.map((one) => one.y)), nameTextStyle: { ...axisText(theme), align: 'left', padding: [0, 0, 0, -px(46)] }, axisLabel: { ...axisText(theme), showMinLabel: false, showMaxLabel: false, formatter: (value: number) => number(value) } }) as YAxis,
    series: designs.map((design, at) => ({
      id: `design-${at}`,
      name: design.name,
      type: 'scatter' as const,
      symbol: pick(SYMBOLS, at),
      symbolSize: px(16),
      itemStyle: design.best ? { color: theme.accent, borderColor: theme.accent, borderWidth: 2 } : { color: theme.paper, borderColor: theme.soft, borderWidth: 2 },
      label: { show: true, position: 'top' as const, formatter: design.name, color: theme.ink, fontFamily: theme.sans, fontSize: px(12) },
      data: [[design.x, design.y]],
    })) as Series,
  };
}
