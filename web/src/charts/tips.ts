// Tooltips are elements, not markup, and are shared in look by all charts.
import { h, type Child } from '../ui/dom';
import type { Theme } from './theme';
import type { Option } from './engine';

export function tip(head: string, lines: Array<[string, string]>, foot?: string): HTMLElement {
  const body: Child[] = lines.map(([name, value]) => h('div', { class: 'tip-line' }, h('span', { text: name }), h('b', { text: value })));
  return h('div', { class: 'tip' }, h('div', { class: 'tip-head', text: head }), body, foot ? h('div', { class: 'tip-foot', text: foot }) : null);
}

export function tooltip(theme: Theme, formatter: (params: TipParams) => HTMLElement | string): NonNullable<Option['tooltip']> {
  return {
    trigger: 'item',
    confine: true,
    backgroundColor: theme.paper,
    borderColor: theme.faint,
    textStyle: { color: theme.ink, fontFamily: theme.sans, fontSize: 13 },
    extraCssText: 'box-shadow:none;border-radius:2px;padding:8px 10px',
    formatter: ((params: unknown) => formatter((Array.isArray(params) ? params[0] : params) as TipParams)) as never,
  };
}

export interface TipParams {
  name: string;
  seriesName?: string;
  seriesIndex?: number;
  dataIndex: number;
  value: unknown;
  data: unknown;
  dataType?: string;
}

export function axisText(theme: Theme, size = 12): { color: string; fontFamily: string; fontSize: number } {
  return { color: theme.soft, fontFamily: theme.sans, fontSize: size };
}

/** A value axis with its unit at its end, thin rules and no line. */
export function valueAxis(theme: Theme, name: string, extra: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    type: 'value',
    name,
    nameLocation: 'end',
    nameTextStyle: { ...axisText(theme), align: 'right' },
    axisLabel: axisText(theme),
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: theme.faint, width: 1 } },
    ...extra,
  };
}

export function categoryAxis(theme: Theme, data: string[], extra: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    type: 'category',
    data,
    axisLabel: { ...axisText(theme, 13), color: theme.ink },
    axisLine: { lineStyle: { color: theme.soft } },
    axisTick: { show: false },
    ...extra,
  };
}
