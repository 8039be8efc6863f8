// One row a quantity, one mark a car: where each car lies on a shared axis.
import type { Graphic } from '../ui/figure';
import { number } from '../ui/format';
import type { Option, Series, XAxis, YAxis } from './engine';
import { pick, SYMBOLS, px } from './theme';
import { axisText, categoryAxis, tip, tooltip, valueAxis } from './tips';

export interface DotSeries {
  name: string;
  /** Place of the car on the page, which fixes its colour and mark. */
  at: number;
  values: Array<number | null>;
}

export function dotsOption(rows: string[], series: DotSeries[], unit: string, { theme }: Graphic): Option {
  return {
    grid: { left: px(62), right: px(30), top: px(8), bottom: px(46) },
    tooltip: tooltip(theme, (params) => tip(params.seriesName ?? '', [[rows[params.dataIndex] ?? '', `${number((params.value as [number])[0])} ${unit}`]])),
    xAxis: valueAxis(theme, unit, { nameLocation: 'middle', nameGap: px(28), nameTextStyle: axisText(theme), min: 0, splitLine: { show: false }, axisLine: { show: true, lineStyle: { color: theme.ink } } }) as XAxis,
    yAxis: categoryAxis(theme, rows, { inverse: true, axisLine: { show: false }, splitLine: { show: true, lineStyle: { color: theme.faint } } }) as YAxis,
    series: series.map((one) => ({
      id: `dots-${one.at}`,
      name: one.name,
      type: 'scatter' as const,
      symbol: pick(SYMBOLS, one.at),
      symbolSize: px(13),
      itemStyle: { color: pick(theme.cars, one.at) },
      label: { show: true, position: 'top' as const, distance: 3, color: theme.ink, fontSize: px(11), fontFamily: theme.sans, formatter: ({ value }: { value: unknown }) => number((value as [number])[0]) },
      labelLayout: { hideOverlap: true },
      data: one.values.map((value, row) => [value ?? '-', row]),
    })) as Series,
  };
}
