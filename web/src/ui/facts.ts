// A few figures in large type, each with its unit and interval.
import { h, type Child } from './dom';
import { span } from './format';

export interface Fact {
  label: string;
  value: Child;
  unit?: string;
  detail?: string | undefined;
}

export function facts(list: Fact[]): HTMLElement {
  return h('dl', { class: 'figures' }, list.map((fact) => h('div', {}, h('dt', { text: fact.label }),
    h('dd', {}, h('span', { class: typeof fact.value === 'string' && /[^\d\s.,×–%−/\u202f]{3}/.test(fact.value) ? 'big words' : 'big' }, fact.value), fact.unit ? h('span', { class: 'unit', text: ` ${fact.unit}` }) : null, fact.detail ? h('span', { class: 'detail', text: fact.detail }) : null))));
}

export function bracket(low: number | null | undefined, high: number | null | undefined, show: (value: number) => string): string | undefined {
  return typeof low === 'number' && typeof high === 'number' ? `[${span(low, high, show)}]` : undefined;
}
