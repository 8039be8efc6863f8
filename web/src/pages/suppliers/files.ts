// The programme's files: those of a made-up chain, or the user's own, which stay in this browser.
import type { Files } from '../../api/suppliers';
import { t } from '../../i18n';
import { button, filesButton } from '../../ui/controls';
import { h, replace } from '../../ui/dom';
import { save } from '../../ui/save';

const STORED = 'minewheel-programme';
const NAMES = ['programme.toml', 'suppliers.csv', 'supplies.csv', 'measures.csv'];

/** The user's own files, if this browser holds some. */
export function ownFiles(): Files | null {
  try {
    const files: unknown = JSON.parse(localStorage.getItem(STORED) ?? 'null');
    return files !== null && typeof files === 'object' ? (files as Files) : null;
  } catch {
    return null;
  }
}

function keep(files: Files | null): void {
  try {
    if (files === null) localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, JSON.stringify(files));
  } catch {
    // too large to keep: the files hold until the page is left
  }
}

/** Where a file of the user belongs in the folder: footprints and events by what stands in them. */
function place(name: string, text: string): string {
  if (!name.endsWith('.json')) return name;
  return text.includes('RequestCreatedEvent') || text.includes('RequestRejectedEvent') || text.includes('RequestFulfilledEvent') ? `requests/${name}` : `footprints/${name}`;
}

export interface FileList {
  element: HTMLElement;
  /** Shows files as they are asked about. */
  show(files: Files): void;
}

/** US dollars a year that the programme's text names, on average. */
export function usualBudget(files: Files): number {
  const section = /^\[budget\]([^[]*)/m.exec(files['programme.toml'] ?? '')?.[1] ?? '';
  const years = [...section.matchAll(/=\s*([\d._eE+-]+)/g)].map((found) => Number((found[1] ?? '').replace(/_/g, ''))).filter(Number.isFinite);
  return years.reduce((sum, year) => sum + year, 0) / Math.max(years.length, 1);
}

/** Opening, editing and saving; `change` gets the user's own files, or null to return to the made-up chain. */
export function fileList(isOwn: () => boolean, change: (files: Files | null) => void): FileList {
  const say = t().suppliers;
  const list = h('div', { class: 'file-list' });
  let current: Files = {};
  const take = (files: Files): void => {
    keep(files);
    change(files);
  };
  const open = filesButton(say.open, '.toml,.csv,.json', (texts) => {
    const opened = Object.fromEntries(texts.map(({ name, text }) => [place(name, text), text]));
    // a new programme takes the place of all files; single tables, of those of their name
    take('programme.toml' in opened ? opened : { ...current, ...opened });
  });
  const back = button(say.back, () => change(null));
  const mine = button(say.mine, () => change(ownFiles()));
  const element = h('div', { class: 'file-box' }, h('div', { class: 'row' }, open, back, mine), h('p', { class: 'hint', text: say.filesHint }), list);
  return {
    element,
    show(files) {
      back.hidden = !isOwn();
      mine.hidden = isOwn() || ownFiles() === null;
      if (files === current) return;
      current = files;
      const names = [...NAMES.filter((name) => name in files), ...Object.keys(files).filter((name) => !NAMES.includes(name)).sort()];
      replace(list, names.map((name) => {
        const body = h('div', {});
        const details = h('details', {}, h('summary', { text: `${name} · ${say.lines((files[name] ?? '').trimEnd().split('\n').length)}` }), body);
        details.addEventListener('toggle', () => {
          if (!details.open || body.childElementCount > 0) return;
          const area = h('textarea', { class: 'short', attrs: { rows: 8, spellcheck: 'false', wrap: 'off', 'aria-label': name } });
          area.value = files[name] ?? '';
          area.addEventListener('change', () => take({ ...current, [name]: area.value }));
          replace(body, area, h('button', { class: 'quiet', text: t().compare.saveFile, attrs: { type: 'button', 'aria-label': `${t().compare.saveFile}: ${name}` }, on: { click: () => save(name.split('/').at(-1) ?? name, area.value, 'text/plain') } }));
        });
        return details;
      }));
    },
  };
}
