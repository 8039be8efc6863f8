// Pages by their name in the address, and their order in the navigation.
import type { Dictionary } from '../i18n/en';
import { compare } from './compare';
import type { Mount } from './page';

export const PAGES = { compare } satisfies Partial<Record<keyof Dictionary['nav'], Mount>>;

export const NAVIGATION: Array<Array<keyof typeof PAGES>> = [['compare']];
