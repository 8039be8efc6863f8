// Ranked bars: one quantity a row, with its interval where it has one.
import type { Graphic } from '../ui/figure';
import { number, span } from '../ui/format';
import type { Option, Series, XAxis, YAxis } from './engine';
import { px } from './theme';
import { axisText, categoryAxis, textWidth, tip, tooltip, valueAxis } from './tips';
import { whiskers } from './whisker';

export interface Bar {
  name: string;
  value: number;
  low?: number | null | undefined;
  high?: number | null | undefined;
  colour?: string | undefined;
  /** Said in the tip beneath the value. */
  foot?: string | undefined;
  label?: string | undefined;
}

export function barsHeight(rows: number): (width: number) => number {
  return () => px(rows * 27 + 54);
}

export function barsOption(bars: Bar[], unit: string, { theme, width }: Graphic): Option {
  const longest = Math.max(...bars.map((bar) => textWidth(bar.name)), 30);
  const left = Math.min(longest + 14, width * 0.42);
  const most = Math.max(...bars.map((bar) => Math.max(bar.value, bar.high ?? bar.value)), 0);
  const least = Math.min(...bars.map((bar) => Math.min(bar.value, bar.low ?? bar.value)), 0);
  const tail = Math.max(...bars.map((bar) => textWidth(bar.label ?? '00 000', 12))) + 14;
  const plot = Math.max(width - left - 14, tail * 1.6);
  const ranged = bars.map((bar, row) => ({ bar, row })).filter(({ bar }) => typeof bar.low === 'number' && typeof bar.high === 'number');
  const reach = ((most - least || 1) * tail) / (plot - tail * (least < 0 ? 2 : 1));
  return {
    grid: { left, right: 14, top: px(4), bottom: px(44) },
    tooltip: tooltip(theme, (params) => {
      const bar = bars[params.dataIndex];
      if (!bar) return '';
      const range = typeof bar.low === 'number' && typeof bar.high === 'number' ? ` [${span(bar.low, bar.high, number)}]` : '';
      return tip(bar.name, [[unit, `${number(bar.value)}${range}`]], bar.foot);
    }),
    xAxis: valueAxis(theme, unit, { nameLocation: 'middle', nameGap: px(27), nameTextStyle: axisText(theme), min: least < 0 ? least - reach : 0, max: most + reach, axisLabel: { ...axisText(theme), showMaxLabel: false, showMinLabel: least >= 0, hideOverlap: true, formatter: (value: number) => number(value) }, splitNumber: width < 460 ? 3 : 5 }) as XAxis,
    yAxis: categoryAxis(theme, bars.map((bar) => bar.name), { inverse: true, axisLabel: { ...axisText(theme, 12.5), color: theme.ink, width: left - 12, overflow: 'truncate', interval: 0 } }) as YAxis,
    series: [
      {
        id: 'bars',
        type: 'bar' as const,
        barWidth: px(15),
        cursor: 'pointer',
        data: bars.map((bar) => ({ value: bar.value, itemStyle: { color: bar.colour ?? theme.accent }, label: { position: bar.value < 0 ? 'left' as const : 'right' as const } })),
        label: { show: true, color: theme.ink, fontFamily: theme.sans, fontSize: px(12), distance: px(6), formatter: ({ dataIndex }: { dataIndex: number }) => { const bar = bars[dataIndex]; return bar && typeof bar.high === 'number' ? '' : bar?.label ?? number(bar?.value); } },
      },
      whiskers(theme, 'interval', ranged.map(({ bar, row }) => [row, bar.low as number, bar.high as number]), 0, 4, ranged.map(({ bar }) => bar.label ?? number(bar.value))),
    ] as Series,
  };
}
