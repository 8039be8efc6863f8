// Keys of `credits`, `rules` and `case` that the app reads.
import type { Status } from './assess';

export interface CreditsCar {
  car: string;
  year: number;
  credit: number;
  standard: number | null;
  factors: Record<string, number>;
  edition: string;
  cycle: string;
  facts: Record<string, number | string | boolean | null>;
  slopes: Record<string, number>;
  design_slopes: Array<{ lever: string; credit_per_unit: number; unit: string }>;
  cliffs: Array<{ quantity: string; at: number; distance: number; credit_across: number; gain: number }>;
  rules: Array<{ item: string; edition: string; status: Status; source: string; locator: string }>;
  weakest_status: Status;
}

export interface CreditsLedger {
  title: string;
  companies: Array<{ company: string; name: string; year: number; balance: number; cafc_credits: number; nev_open: number; cafc_open: number; is_scenario: boolean; weakest_status: Status }>;
  totals: Array<{ year: number; nev_surplus: number; nev_deficit: number; offered: number; outside_need: number; ratio: number; open: number }>;
  weakest_status: Status;
}

export interface CreditsTrade {
  year: number;
  seller: string;
  buyer: string;
  credits: number;
  cny: number;
}

export interface CreditsScenario {
  trades: CreditsTrade[];
  scenario: string;
  price_cny_per_credit: Record<string, number>;
}

export interface CreditsMarket extends CreditsScenario {
  foresight: string;
  scenarios: CreditsScenario[];
  weakest_status: Status;
}

export interface RuleSet {
  set: string;
  family: string;
  title: string;
  body: string;
  place: string;
  is_draft: boolean;
  published: string | null;
  in_force: string | null;
  replaced: string | null;
}

export interface Verdict {
  clause: string;
  title: string;
  subject: string;
  quantity: string;
  operator: string;
  required: number | string | boolean | null;
  value: number | string | boolean | null;
  value_range: [number, number] | null;
  unit: string;
  margin: number | null;
  verdict: 'pass' | 'fail' | 'unknown';
  reason: string | null;
  force: string;
  from: string | null;
  until: string | null;
  status: Status;
  source: string;
  locator: string;
  note: string | null;
}

export interface RulesCheck {
  set: string;
  edition: string;
  title: string;
  of: string;
  verdict: string;
  binding: Record<'pass' | 'fail' | 'unknown', number>;
  other: Record<'pass' | 'fail' | 'unknown', number>;
  decision: { words: string } | null;
  changes: Array<{ clause: string; subject: string; words: string }>;
  verdicts: Verdict[];
  weakest_status: Status;
}

export interface RuleClause {
  clause: string;
  title: string;
  subject: string;
  quantity: string;
  asked: string;
}

export interface RuleChange {
  clause: string;
  title: string;
  first: string | null;
  second: string | null;
  turn: string;
  relative: number | null;
  status: Status;
}

export interface CaseRow {
  id: string;
  title: string;
  statement: string;
  said_by: string;
  source: string;
  year: number;
  status: Status;
  note: string | null;
}

export interface CaseAnswer {
  case: CaseRow;
  verdict: string;
  words: string;
  rule: Record<string, number | string>;
}
