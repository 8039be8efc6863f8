// Cars as rows, parts of a sum as stacked segments, the interval of the sum as a line, the sum in figures.
import type { Interval } from '../api/assess';
import { hasRange, interval, number } from '../ui/format';
import type { Graphic } from '../ui/figure';
import type { Option, Series, XAxis, YAxis } from './engine';
import { px } from './theme';
import { axisText, categoryAxis, textWidth, tip, tooltip, valueAxis } from './tips';
import { whiskers } from './whisker';

export interface Segment {
  key: string;
  name: string;
  colour: string;
  /** One value a row; null where the row has no such part. */
  values: Array<number | null>;
}

export interface Stack {
  rows: string[];
  segments: Segment[];
  sums: Interval[];
  unit: string;
  /** Shown at the foot of a segment's tip. */
  hint?: string;
}

export function stackHeight(rows: number): (width: number) => number {
  return (width) => px(rows * (width < 560 ? 74 : 58) + 62);
}

/** Ink that reads on a fill: dark on light fills, light on dark ones. */
export function onFill(colour: string): string {
  const hex = /^#?([0-9a-f]{6})$/i.exec(colour.trim())?.[1] ?? '777777';
  const [r, g, b] = [0, 2, 4].map((at) => {
    const share = parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.3 ? '#14191b' : '#ffffff';
}

export function stackOption(stack: Stack, { theme, width, narrow }: Graphic): Option {
  const top = Math.max(...stack.sums.map((sum) => Math.max(sum.value, sum.p95 ?? 0)), 0);
  const longest = Math.max(...stack.rows.map((row) => textWidth(row, 13)));
  const left = narrow ? 6 : Math.min(Math.max(longest + 16, 90), Math.min(width * 0.26, px(270)));
  const right = narrow ? px(12) : px(140);
  const perUnit = (width - left - right) / (top || 1);
  const totals = stack.sums.map((sum) => interval(sum));
  return {
    grid: { left, right, top: narrow ? px(12) : px(6), bottom: px(44) },
    tooltip: tooltip(theme, (params) => {
      const segment = stack.segments.find((one) => one.name === params.seriesName);
      const sum = stack.sums[params.dataIndex];
      const value = segment?.values[params.dataIndex] ?? 0;
      if (!sum) return '';
      return tip(stack.rows[params.dataIndex] ?? '', [
        [segment?.name ?? '', `${number(value)} ${stack.unit}`],
        ['Σ', `${interval(sum)} ${stack.unit}`],
      ], stack.hint);
    }),
    xAxis: valueAxis(theme, stack.unit, { nameLocation: 'middle', nameGap: px(26), nameTextStyle: axisText(theme), max: top || 1, axisLabel: { ...axisText(theme), showMaxLabel: false } }) as XAxis,
    yAxis: categoryAxis(theme, stack.rows, {
      inverse: true,
      axisLine: { show: true, lineStyle: { color: theme.ink } },
      axisLabel: narrow ? { show: false } : { ...axisText(theme, 13), color: theme.ink, width: left - 14, overflow: 'break', lineHeight: px(16) },
    }) as YAxis,
    series: [
      ...stack.segments.map((segment) => ({
        id: `segment-${segment.key}`,
        name: segment.name,
        type: 'bar' as const,
        stack: 'sum',
        barWidth: narrow ? px(26) : px(28),
        cursor: 'pointer',
        emphasis: { focus: 'series' as const, itemStyle: { color: segment.colour } },
        blur: { itemStyle: { opacity: 0.35 } },
        itemStyle: { color: segment.colour, borderColor: theme.paper, borderWidth: 1 },
        label: { show: true, color: onFill(segment.colour), fontFamily: theme.sans, fontSize: px(12), formatter: ({ value }: { value: unknown }) => (typeof value === 'number' && value * perUnit > px(34) ? number(value) : '') },
        data: segment.values.map((value) => value ?? '-'),
      })),
      whiskers(theme, 'interval', stack.sums.flatMap((sum, row) => (hasRange(sum) ? [[row, sum.p5, sum.p95] as [number, number, number]] : [])), narrow ? px(21) : px(20), 4),
      {
        id: narrow ? 'sum-above' : 'sum-beside',
        type: 'custom',
        silent: true,
        z: 11,
        data: stack.sums.map((sum, row) => [row, Math.max(sum.value, sum.p95 ?? 0)]),
        encode: { x: 1, y: 0 },
        renderItem: (_: unknown, api: { value(at: number): number; coord(point: [number, number]): [number, number] }) => {
          const row = api.value(0);
          const [x, y] = api.coord([narrow ? 0 : api.value(1), row]);
          const text = totals[row] ?? '';
          const style = { fill: theme.ink, font: `600 ${px(14)}px ${theme.sans}`, textVerticalAlign: 'middle' as const };
          if (!narrow) return { type: 'text', x: x + px(10), y, style: { ...style, text } };
          const name = stack.rows[row] ?? '';
          const room = Math.floor((width - 24 - text.length * px(8)) / px(6.6));
          return {
            type: 'group',
            children: [
              { type: 'text', x: x + 2, y: y - px(25), style: { fill: theme.ink, font: `${px(13)}px ${theme.sans}`, textVerticalAlign: 'middle', text: name.length > room ? `${name.slice(0, room - 1)}…` : name } },
              { type: 'text', x: width - 12, y: y - px(25), style: { ...style, text, textAlign: 'right' as const } },
            ],
          };
        },
      },
    ] as Series,
  };
}
