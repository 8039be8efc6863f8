// The language of the page. Places are named by the browser; what the model says in words stays as it says it.
import { en, type Dictionary } from './en';
import { zh } from './zh';

export type Language = 'en' | 'zh';

let language: Language = 'en';

export function setLanguage(next: Language): void {
  language = next;
  document.documentElement.lang = next === 'zh' ? 'zh-Hans' : 'en';
}

export function currentLanguage(): Language {
  return language;
}

export function t(): Dictionary {
  return language === 'zh' ? zh : en;
}

export function startLanguage(): Language {
  const stored = localStorage.getItem('minewheel-language');
  if (stored === 'en' || stored === 'zh') return stored;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

const regions: Record<Language, Intl.DisplayNames> = {
  en: new Intl.DisplayNames(['en'], { type: 'region' }),
  zh: new Intl.DisplayNames(['zh-Hans'], { type: 'region' }),
};

let fallbackNames: Record<string, string> = {};

export function setPlaceNames(names: Record<string, string>): void {
  fallbackNames = names;
}

export function placeName(id: string): string {
  const own = (t().places as Record<string, string>)[id];
  if (own) return own;
  if (/^[A-Z]{2}$/.test(id)) {
    const name = regions[language].of(id);
    if (name && name !== id) return name;
  }
  return fallbackNames[id] ?? id;
}

/** The word of a dictionary for an id of the model, or the id in words. */
export function term(kind: keyof Pick<Dictionary, 'stages' | 'materials' | 'tiers' | 'terms'>, id: string): string {
  return (t()[kind] as Record<string, string>)[id] ?? id.replace(/[-_]/g, ' ');
}
