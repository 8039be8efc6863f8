// Keys of `suppliers` that the app reads.
import type { Status } from './assess';

/** Texts of a programme's folder by file name. */
export type Files = Record<string, string>;

export type Reported = 'footprint' | 'energy' | 'nothing';

export interface SupplierLine {
  supplier: string;
  name: string;
  place: string;
  tier: number;
  delivers: string[];
  reported: Reported;
  kg_co2e: number;
  modelled_kg_co2e: number;
  share: number;
  primary_share: number;
  deviation_kg_co2e: number;
  variance_share: number;
}

export interface RollUp {
  programme: string;
  is_synthetic: boolean;
  car: string;
  year: number;
  production_kg: number;
  modelled_production_kg: number;
  suppliers_kg: number;
  unnamed_kg: number;
  works_kg: number;
  primary_data_share: number;
  named_share: number;
  deviation_kg: number;
  suppliers: SupplierLine[];
  weakest_status: Status;
  notices: string[];
}

export interface MeasureLine {
  supplier: string;
  measure: string;
  abated_kg_per_year: number;
  investment_usd: number;
  saving_usd_per_year: number;
  usd_per_tonne: number;
  lead_years: number;
  source: string;
  status: Status;
}

export interface PlanYear {
  year: number;
  budget_usd: number;
  spent_usd: number;
  saved_usd: number;
  abated_kg: number;
  target_kg: number | null;
  missed_kg: number;
  suppliers_kg_per_car: number;
}

export interface Plan {
  measures: number;
  decisions: Array<MeasureLine & { year: number; effective_year: number }>;
  years: PlanYear[];
  abated_kg: number;
  bound_kg: number;
  gap: number;
  meets_targets: boolean;
  targets_within_reach: boolean;
  curve: Array<MeasureLine & { cumulative_kg_per_year: number }>;
  notices: string[];
}

export type RequestState = 'reported' | 'fulfilled' | 'open' | 'rejected' | 'not-asked';

export interface ProgrammeStatus {
  requests: Partial<Record<RequestState, number>>;
  measures_done: number;
  measures: number;
  suppliers: Array<{ supplier: string; tier: number; reported: Reported; request: RequestState; measures_done: number; measures: number; kg_co2e: number }>;
  notices: string[];
}

export interface FootprintRequest {
  id: string;
  supplier: string;
  through: string[];
  event: unknown;
}
