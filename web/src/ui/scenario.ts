// Controls of the place, the year and the accounting, shared by several pages and by their addresses.
import type { Body } from '../api/client';
import type { Info } from '../api/info';
import { currentLanguage, placeName, t } from '../i18n';
import type { State } from '../state';
import { segmented, select, slider, type Choice } from './controls';

export const COMMON = { country: 'CN', year: 2025 };

/** Places by name; with `charged`, only those whose electricity the tables know. */
export function placeChoices(info: Info, keep: (id: string) => boolean, charged = false): Choice[] {
  const collator = new Intl.Collator(currentLanguage() === 'zh' ? 'zh-Hans' : 'en');
  return info.places.filter((place) => keep(place.id) && (place.has_mix || !charged)).map((place) => ({ value: place.id, label: placeName(place.id) }))
    .sort((a, b) => collator.compare(a.label, b.label));
}

const isProvince = (id: string): boolean => id.startsWith('CN-');

export function placeControls(info: Info, state: State, key: string, label: string, fallback: string, provinces = true): HTMLElement[] {
  const value = state.text(key, fallback);
  const words = t().scenario;
  const country = select(label, placeChoices(info, (id) => !isProvince(id), true), value.split('-')[0] ?? value, (next) => {
    state.set({ [key]: next });
    sync(next);
  });
  const province = select(words.province, [{ value: '', label: words.wholeCountry }, ...placeChoices(info, isProvince, true)], isProvince(value) ? value : '', (next) => state.set({ [key]: next || 'CN' }));
  const sync = (next: string): void => {
    province.hidden = !next.startsWith('CN');
    const box = province.querySelector('select');
    if (box && !isProvince(next)) box.value = '';
  };
  sync(value);
  return provinces ? [country, province] : [country];
}

/** A year that a place has no mix for is refused by the model, in words. */
export function yearControl(info: Info, state: State, fallback = COMMON.year): HTMLElement {
  return slider(t().scenario.year, '', Math.max(info.years.min, 2000), info.years.max, 1, state.number('year', fallback), (year) => state.set({ year }));
}

export function scenarioControls(info: Info, state: State): HTMLElement[] {
  const words = t().scenario;
  return [
    ...placeControls(info, state, 'country', words.country, COMMON.country),
    yearControl(info, state),
    slider(words.km, 'km', 50_000, 400_000, 10_000, state.number('km', 200_000), (km) => state.set({ km })),
    segmented(words.grid, [{ value: 'static', label: words.gridStatic }, { value: 'pathway', label: words.gridPathway }], state.text('grid', 'static'), (grid) => state.set({ grid })),
    segmented(words.use, [{ value: 'official', label: words.useOfficial }, { value: 'real-world', label: words.useReal }], state.text('use', 'official'), (use) => state.set({ use })),
    select(words.preset, ['cut-off', 'avoided-burden', 'cff'].map((id) => ({ value: id, label: (words.presets as Record<string, string>)[id] ?? id })), state.text('preset', 'cut-off'), (preset) => state.set({ preset })),
    select(words.method, info.methods.map((id) => ({ value: id, label: id.toUpperCase().replace('-', ' ') })), state.text('method', 'ar6-gwp100'), (method) => state.set({ method })),
  ];
}

export function scenarioBody(state: State): Body {
  const body: Body = { country: state.text('country', COMMON.country), year: state.number('year', COMMON.year) };
  const km = state.optional('km');
  if (km !== undefined) body['km'] = Number(km);
  for (const key of ['grid', 'use', 'preset', 'method']) {
    const value = state.optional(key);
    if (value !== undefined) body[key] = value;
  }
  return body;
}

/** The scenario as parameters of a link to another page. */
export function scenarioLink(state: State): Record<string, string> {
  const out: Record<string, string> = {};
  for (const key of ['country', 'year', 'km', 'grid', 'use', 'preset', 'method']) {
    const value = state.optional(key);
    if (value !== undefined) out[key] = value;
  }
  return out;
}
