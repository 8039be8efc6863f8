// Series over years or days, told apart by colour, dash, mark and a name at their end.
import type { Graphic } from '../ui/figure';
import { number } from '../ui/format';
import type { Option, Series, XAxis, YAxis } from './engine';
import { DASHES, pick, SYMBOLS, px } from './theme';
import { axisText, tip, tooltip, valueAxis } from './tips';

export interface Line {
  name: string;
  points: Array<[number, number | null]>;
  /** Said in the tip of a point, by its index. */
  foot?: (at: number) => string;
  area?: boolean;
  stack?: boolean;
  plain?: boolean;
}

export interface LineWords {
  x: string;
  y: string;
  integerX?: boolean;
}

export function linesOption(lines: Line[], words: LineWords, { theme, width, narrow }: Graphic): Option {
  const xs = lines.flatMap((line) => line.points.map(([x]) => x));
  const endLabels = !narrow && lines.length > 1 && lines.length <= 6;
  const right = endLabels ? Math.min(px(230), width * 0.27) : px(18);
  return {
    grid: { left: px(62), right, top: px(32), bottom: px(48) },
    tooltip: tooltip(theme, (params) => {
      const line = lines[params.seriesIndex ?? 0];
      const [x, y] = params.value as [number, number];
      return tip(line?.name ?? '', [[`${words.x} ${words.integerX ? x : number(x)}`, number(y)]], line?.foot?.(params.dataIndex));
    }),
    xAxis: valueAxis(theme, words.x, {
      min: Math.min(...xs), max: Math.max(...xs), nameLocation: 'middle', nameGap: px(30), nameTextStyle: axisText(theme), splitLine: { show: false }, axisLine: { show: true, onZero: false, lineStyle: { color: theme.ink } },
      minInterval: 1, axisLabel: { ...axisText(theme), hideOverlap: true, formatter: (value: number) => (words.integerX ? String(value) : number(value)) },
    }) as XAxis,
    yAxis: valueAxis(theme, words.y, { nameTextStyle: { ...axisText(theme), align: 'left', padding: [0, 0, 0, -px(52)] }, axisLabel: { ...axisText(theme), formatter: (value: number) => short(value) } }) as YAxis,
    series: lines.map((line, at) => {
      const colour = pick(theme.cars, at);
      return {
        id: `line-${at}`,
        name: line.name,
        type: 'line' as const,
        connectNulls: false,
        ...(line.stack ? { stack: 'all' } : {}),
        ...(line.area || line.stack ? { areaStyle: { color: colour, opacity: line.stack ? 0.55 : 0.14 } } : {}),
        symbol: line.plain ? 'none' : pick(SYMBOLS, at),
        symbolSize: px(8),
        showSymbol: line.points.length <= 40,
        lineStyle: { color: colour, width: 2, type: pick(DASHES, at) },
        itemStyle: { color: colour },
        data: line.points.map(([x, y]) => [x, y ?? '-']),
        endLabel: { show: endLabels, formatter: line.name, color: colour, fontFamily: theme.sans, fontSize: px(12), fontWeight: 600 as const, width: right - 14, overflow: 'truncate' as const },
        labelLayout: { moveOverlap: 'shiftY' as const },
      };
    }) as Series,
  };
}

/** 1 200 000 -> 1.2 M: axis labels stay narrow. */
export function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9) return `${number(value / 1e9)} G`;
  if (size >= 1e6) return `${number(value / 1e6)} M`;
  if (size >= 1e4) return `${number(value / 1e3)} k`;
  return number(value);
}
