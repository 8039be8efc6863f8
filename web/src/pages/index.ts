// Pages by their name in the address, and their order in the navigation.
import type { Dictionary } from '../i18n/en';
import { battery } from './battery';
import { cases } from './cases';
import { compare } from './compare';
import { credits } from './credits';
import { data } from './data';
import { explain } from './explain';
import { fleet } from './fleet';
import { flow } from './flow';
import { market } from './market';
import { motor } from './motor';
import type { Mount } from './page';
import { rules } from './rules';
import { suppliers } from './suppliers';
import { supply } from './supply';

export const PAGES = { compare, explain, flow, battery, motor, supply, credits, rules, market, fleet, suppliers, cases, data } satisfies Record<keyof Dictionary['nav'], Mount>;

export const NAVIGATION: Array<Array<keyof typeof PAGES>> = [['compare', 'explain', 'flow'], ['battery', 'motor', 'supply', 'suppliers'], ['credits', 'rules', 'market', 'fleet'], ['cases', 'data']];
