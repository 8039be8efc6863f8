// Labelled controls. Each reports a plain value; the page writes it to the address.
import { freshId, h, type Child } from './dom';

export interface Choice {
  value: string;
  label: string;
}

export function field(label: string, control: HTMLElement, hint?: string): HTMLElement {
  if (!control.id) control.id = freshId('control');
  return h('div', { class: 'field' }, h('label', { text: label, attrs: { for: control.id } }), control, hint ? h('p', { class: 'hint', text: hint }) : null);
}

export function select(label: string, choices: Choice[], value: string, onChange: (value: string) => void): HTMLElement {
  const control = h('select', { on: { change: () => onChange(control.value) } });
  for (const choice of choices) control.append(h('option', { text: choice.label, attrs: { value: choice.value } }));
  if (!choices.some((choice) => choice.value === value)) control.append(h('option', { text: value, attrs: { value } }));
  control.value = value;
  return field(label, control);
}

export function slider(label: string, unit: string, min: number, max: number, step: number, value: number, onChange: (value: number) => void): HTMLElement {
  const id = freshId('slider');
  const range = h('input', { id, attrs: { type: 'range', min, max, step, 'aria-valuetext': `${value} ${unit}` } });
  const box = h('input', { class: 'number', attrs: { type: 'number', min, max, step, 'aria-label': `${label}, ${unit}` } });
  range.value = String(value);
  box.value = String(value);
  const apply = (text: string, from: HTMLInputElement): void => {
    const next = Number(text);
    if (text === '' || !Number.isFinite(next)) return;
    if (from !== range) range.value = String(next);
    if (from !== box) box.value = String(next);
    range.setAttribute('aria-valuetext', `${next} ${unit}`);
    onChange(next);
  };
  range.addEventListener('input', () => apply(range.value, range));
  box.addEventListener('change', () => apply(box.value, box));
  return h('div', { class: 'field' }, h('div', { class: 'slider-head' }, h('label', { text: label, attrs: { for: id } }), h('span', { class: 'slider-value' }, box, h('span', { class: 'unit', text: unit }))), range);
}

export function segmented(label: string, choices: Choice[], value: string, onChange: (value: string) => void): HTMLElement {
  const name = freshId('group');
  return h('fieldset', { class: 'field segmented' }, h('legend', { text: label }),
    h('div', { class: 'segments' }, choices.map((choice) => {
      const id = freshId('segment');
      const input = h('input', { id, attrs: { type: 'radio', name, value: choice.value }, on: { change: () => onChange(choice.value) } });
      input.checked = choice.value === value;
      return [input, h('label', { text: choice.label, attrs: { for: id } })];
    })));
}

export function checkbox(label: string, checked: boolean, onChange: (checked: boolean) => void): HTMLElement {
  const id = freshId('check');
  const input = h('input', { id, attrs: { type: 'checkbox' }, on: { change: () => onChange(input.checked) } });
  input.checked = checked;
  return h('div', { class: 'field check' }, input, h('label', { text: label, attrs: { for: id } }));
}

export function button(label: string, onClick: () => void, extra = ''): HTMLButtonElement {
  return h('button', { class: `button ${extra}`.trim(), text: label, attrs: { type: 'button' }, on: { click: onClick } });
}

export function fileButton(label: string, accept: string, onText: (text: string, name: string) => void): HTMLElement {
  const input = h('input', { class: 'visually-hidden', attrs: { type: 'file', accept, 'aria-label': label, tabindex: -1 } });
  input.addEventListener('change', () => {
    const file = input.files?.[0];
    if (file) void file.text().then((text) => onText(text, file.name));
    input.value = '';
  });
  return h('span', {}, input, button(label, () => input.click()));
}

export interface NamedText {
  name: string;
  text: string;
}

export function filesButton(label: string, accept: string, onTexts: (texts: NamedText[]) => void): HTMLElement {
  const input = h('input', { class: 'visually-hidden', attrs: { type: 'file', accept, multiple: true, 'aria-label': label, tabindex: -1 } });
  input.addEventListener('change', () => {
    void Promise.all([...(input.files ?? [])].map(async (file) => ({ name: file.name, text: await file.text() }))).then(onTexts);
    input.value = '';
  });
  return h('span', {}, input, button(label, () => input.click()));
}

export function section(title: string, ...children: Child[]): HTMLElement {
  return h('section', { class: 'control-group' }, h('h2', { text: title }), children);
}
