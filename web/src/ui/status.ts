// How well a value is known: a sign and a word, never a colour alone.
import { h } from './dom';
import { t } from '../i18n';

const SIGNS: Record<string, string> = { read: '●', derived: '◐', recalled: '○', assumption: '△' };

export function statusText(status: string): string {
  return `${SIGNS[status] ?? '·'} ${(t().status as Record<string, string>)[status] ?? status}`;
}

export function statusMark(status: string): HTMLElement {
  const name = (t().status as Record<string, string>)[status] ?? status;
  return h('span', { class: `status status-${status}`, attrs: { title: (t().statusMeaning as Record<string, string>)[status] } },
    h('span', { class: 'sign', text: SIGNS[status] ?? '·', attrs: { 'aria-hidden': 'true' } }), ' ', name);
}
