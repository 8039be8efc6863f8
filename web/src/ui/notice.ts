// Waiting, failing and finding nothing are said in words.
import { ApiError, isAbort } from '../api/client';
import { t } from '../i18n';
import { h, replace } from './dom';

export interface Notice {
  element: HTMLElement;
  busy(): void;
  done(): void;
  fail(error: unknown): void;
}

export function notice(): Notice {
  const element = h('div', { class: 'notice', attrs: { role: 'status', 'aria-live': 'polite' } });
  let timer = 0;
  return {
    element,
    busy() {
      clearTimeout(timer);
      timer = window.setTimeout(() => replace(element, h('p', { class: 'busy', text: t().notice.busy })), 150);
    },
    done() {
      clearTimeout(timer);
      replace(element);
    },
    fail(error) {
      if (isAbort(error)) return;
      clearTimeout(timer);
      if (error instanceof ApiError) {
        replace(element, h('div', { class: 'failure', attrs: { role: 'alert' } },
          h('p', { class: 'failure-message', text: error.message }),
          error.help ? h('p', { class: 'failure-help', text: `${t().notice.help}: ${error.help}` }) : null,
          h('p', { class: 'failure-code', text: error.code })));
      } else {
        const text = error instanceof Error ? error.message : String(error);
        replace(element, h('div', { class: 'failure', attrs: { role: 'alert' } }, h('p', { class: 'failure-message', text: `${t().notice.failed} (${text})` })));
      }
    },
  };
}

export function remarks(list: string[]): HTMLElement | null {
  if (list.length === 0) return null;
  return h('details', { class: 'remarks' }, h('summary', { text: t().notice.remarks(list.length) }), h('ul', {}, list.map((text) => h('li', { text }))));
}
