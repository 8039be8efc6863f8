// The list of cars on the page, and the editor of a design.
import { catalogueToml, choiceToml, parseChoice, SIZED, writeChoice, type Choice } from '../../car/choice';
import { readKey } from '../../car/toml';
import type { Info } from '../../api/info';
import { t } from '../../i18n';
import { checkbox, fileButton, select, slider } from '../../ui/controls';
import { freshId, h, replace } from '../../ui/dom';
import { save } from '../../ui/save';
import { pick, SYMBOLS } from '../../charts/theme';

export const DEFAULT_CARS = ['wuling-mini-215', 'vw-id3-58', 'vw-golf-15tsi'];
export const MOST_CARS = 6;

export function carLabel(info: Info, choice: Choice): string {
  const name = choice.file === null ? info.cars.find((car) => car.id === choice.base)?.name ?? choice.base : readKey(choice.file, 'car.name') ?? choice.base;
  return Object.keys(choice.edits).length > 0 ? `${name} (${t().compare.edited})` : name;
}

/** Names for charts: without what stands behind a comma or in brackets, unless two would then be the same. */
export function shortNames(names: string[]): string[] {
  const edited = `(${t().compare.edited})`;
  const short = names.map((name) => {
    const cut = name.replace(edited, '').replace(/\s*\(.*?\)/g, '').split(',')[0]?.trim() ?? name;
    return name.includes(edited) ? `${cut} ${edited}` : cut;
  });
  return short.map((name, at) => (short.filter((other) => other === name).length > 1 ? `${names[at] ?? name} · ${at + 1}` : name));
}

export function carPicker(info: Info, label: string, onPick: (id: string) => void): HTMLElement {
  const id = freshId('cars');
  const list = h('datalist', { id }, info.cars.map((car) => h('option', { text: `${car.powertrain} · ${car.model_year}`, attrs: { value: car.name } })));
  const inputId = freshId('pick');
  const input = h('input', { id: inputId, attrs: { type: 'text', list: id, placeholder: t().compare.pickPlaceholder, autocomplete: 'off' } });
  const tryPick = (): void => {
    const wanted = input.value.trim().toLowerCase();
    const car = info.cars.find((one) => one.name.toLowerCase() === wanted || one.id === wanted);
    if (car) {
      input.value = '';
      onPick(car.id);
    }
  };
  input.addEventListener('input', tryPick);
  input.addEventListener('change', tryPick);
  return h('div', { class: 'field' }, h('label', { text: label, attrs: { for: inputId } }), input, list);
}

/** Fields whose value in the file the sliders start from. */
interface Editor {
  choice: Choice;
  change: (edits: Record<string, string>) => void;
}

async function editor(info: Info, { choice, change }: Editor): Promise<HTMLElement> {
  const words = t().compare;
  const source = choice.file ?? (await catalogueToml(choice.base));
  const current = (key: string): string => choice.edits[key] ?? readKey(source, key) ?? '';
  const set = (key: string, value: string): void => change({ [SIZED]: '1', [key]: value });
  const hasPack = readKey(source, 'battery.gross_energy_kwh') !== null;
  const hasMotor = readKey(source, 'motor.topology') !== null;
  const chemistries = info.chemistries;
  const options = (ids: string[], names: Record<string, string>): Array<{ value: string; label: string }> => ids.map((id) => ({ value: id, label: names[id] ?? id }));
  return h('div', { class: 'editor' },
    hasPack && slider(words.pack, 'kWh', 5, 150, 1, Number(current('battery.gross_energy_kwh')), (value) => set('battery.gross_energy_kwh', String(value))),
    hasPack && select(words.chemistry, chemistries.map((id) => ({ value: id, label: id.toUpperCase() })), current('battery.chemistry'), (value) => set('battery.chemistry', value)),
    hasMotor && select(words.topology, options(info.topologies, t().topologies), current('motor.topology'), (value) => set('motor.topology', value)),
    select(words.closures, options(['steel', 'aluminium'], words.metals), current('body.closures') || 'steel', (value) => set('body.closures', value)),
    select(words.castings, options(['none', 'rear', 'front-and-rear'], words.castingKinds), current('body.castings') || 'none', (value) => set('body.castings', value)),
    slider(words.recycledAluminium, '%', 0, 100, 5, Math.round(Number(current('body.recycled_aluminium_share') || 0) * 100), (value) => set('body.recycled_aluminium_share', String(value / 100))),
    checkbox(words.sized, choice.edits[SIZED] !== undefined, (on) => change(on ? { [SIZED]: '1' } : { [SIZED]: '' })),
    h('p', { class: 'hint', text: words.sizedHint }),
  );
}

export interface CarList {
  element: HTMLElement;
  render(): void;
}

export function carList(info: Info, read: () => string[], write: (cars: string[]) => void, opened: () => number, open: (at: number) => void): CarList {
  const element = h('div', { class: 'car-list' });
  let drawn = '';

  const render = (): void => {
    const words = t().compare;
    const texts = read();
    const choices = texts.map(parseChoice);
    const key = `${choices.map((one) => `${one.base}${one.file === null ? '' : 'file'}`).join()}|${opened()}`;
    if (key === drawn) return;
    drawn = key;
    replace(element, choices.map((choice, at) => {
      const name = carLabel(info, choice);
      const isOpen = opened() === at;
      const holder = h('div', {});
      if (isOpen) {
        void editor(info, {
          choice,
          change: (edits) => {
            const now = read();
            const target = parseChoice(now[at] ?? '');
            for (const [path, value] of Object.entries(edits)) {
              if (value === '') delete target.edits[path];
              else target.edits[path] = value;
            }
            now[at] = writeChoice(target);
            write(now);
            const head = element.querySelectorAll('.car-name')[at];
            if (head) head.textContent = carLabel(info, target);
          },
        }).then((built) => replace(holder, built), (error: unknown) => replace(holder, h('p', { class: 'failure-message', text: error instanceof Error ? error.message : '' })));
      }
      return h('div', { class: 'car' },
        h('div', { class: 'car-head' },
          h('span', { class: `car-mark mark-${at % 6} ${pick(SYMBOLS, at)}`, attrs: { 'aria-hidden': 'true' } }),
          h('span', { class: 'car-name', text: name }),
          h('span', { class: 'car-tools' },
            h('button', { class: 'quiet', text: isOpen ? words.close : words.edit, attrs: { type: 'button', 'aria-expanded': isOpen, 'aria-label': `${isOpen ? words.close : words.edit}: ${name}` }, on: { click: () => open(isOpen ? -1 : at) } }),
            h('button', { class: 'quiet', text: words.saveFile, attrs: { type: 'button', 'aria-label': `${words.saveFile}: ${name}` }, on: { click: () => void choiceToml(parseChoice(read()[at] ?? '')).then((toml) => save(`${choice.base}.toml`, toml, 'application/toml')) } }),
            texts.length > 1 && h('button', { class: 'quiet', text: '×', attrs: { type: 'button', 'aria-label': `${words.remove}: ${name}` }, on: { click: () => write(read().filter((_, other) => other !== at)) } }))),
        holder);
    }),
    texts.length < MOST_CARS && carPicker(info, words.addCar, (id) => write([...read(), id])),
    texts.length < MOST_CARS && fileButton(words.openFile, '.toml', (text) => write([...read(), writeChoice({ base: 'file', file: text, edits: {} })])));
  };
  return { element, render };
}

