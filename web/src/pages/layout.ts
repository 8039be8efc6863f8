// Every page: a heading with a sentence, controls beside results, a notice above the results.
import { h, type Child } from '../ui/dom';
import { notice, type Notice } from '../ui/notice';
import { t } from '../i18n';

export interface Layout {
  controls: HTMLElement;
  results: HTMLElement;
  note: Notice;
}

export function layout(root: HTMLElement, title: string, lead: Child, wide = false): Layout {
  const note = notice();
  const controls = h('div', { class: 'control-list' });
  const drawer = h('details', { class: 'drawer' }, h('summary', { text: t().shell.controls }), controls);
  const narrow = matchMedia('(max-width: 62rem)');
  drawer.open = !narrow.matches;
  narrow.addEventListener('change', () => { drawer.open = !narrow.matches; });
  const results = h('div', { class: 'results' });
  root.append(
    h('header', { class: 'page-head' }, h('h1', { text: title }), h('p', { class: 'lead' }, lead)),
    h('div', { class: wide ? 'page-body wide' : 'page-body' }, h('aside', { class: 'controls', attrs: { 'aria-label': t().shell.controls } }, drawer), h('div', { class: 'main-column' }, note.element, results)),
  );
  return { controls, results, note };
}
