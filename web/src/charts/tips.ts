// Tooltips are elements, not markup, and are shared in look by all charts.
import { h, type Child } from '../ui/dom';
import { number } from '../ui/format';
import { px, type Theme } from './theme';
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
    textStyle: { color: theme.ink, fontFamily: theme.sans, fontSize: px(13) },
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

/** About how wide a text is drawn, in pixels; Chinese signs are square. */
export function textWidth(text: string, size = 12.5): number {
  return [...text].reduce((sum, sign) => sum + (sign.charCodeAt(0) > 0x2e7f ? 1 : /[A-Z0-9]/.test(sign) ? 0.62 : 0.51) * px(size), 0);
}

export function axisText(theme: Theme, size = 12): { color: string; fontFamily: string; fontSize: number } {
  return { color: theme.soft, fontFamily: theme.sans, fontSize: px(size) };
}

/** A value axis with its unit at its end, thin rules and no line. */
export function valueAxis(theme: Theme, name: string, extra: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    type: 'value',
    name,
    nameLocation: 'end',
    nameTextStyle: { ...axisText(theme), align: 'right' },
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: theme.faint, width: 1 }, showMaxLine: (extra['axisLabel'] as { showMaxLabel?: boolean } | undefined)?.showMaxLabel !== false },
    ...extra,
    axisLabel: { ...axisText(theme), formatter: (value: number) => number(value, 6), ...(extra['axisLabel'] as object | undefined) },
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
