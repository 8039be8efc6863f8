// Keys of `supply` and `disrupt` that the app reads.
import type { Status } from './assess';

export interface SupplyTier {
  commodity: string;
  tier: string;
  year: number;
  shares: Record<string, number>;
  largest: string;
  largest_share: number;
  hhi: number;
  share_of_dominant: number | null;
  import_dependence: number | null;
  dependence: number | null;
  supply_risk: number | null;
  measures: Array<{ place: string; measure: string; since: string | null; until: string | null }>;
  status: Status;
}

export interface SupplyAnswer {
  subject: string;
  buyer: string;
  dominant: string;
  year: number;
  materials: Array<{ material: string; kg_per_car: number | null; tiers: SupplyTier[]; binding_tier: string; touched_share: number }>;
  binding: string;
  dominated: string[];
  not_dominated: string[];
  weakest_status: Status;
  notices: string[];
}

export interface Spread {
  p5: number;
  p50: number;
  p95: number;
}

export interface DisruptAnswer {
  title: string;
  year: number;
  best: { cars_planned: number; cars_not_built: number; days_to_shortage: number | null; days_to_recovery: number | null; extra_kg_co2e_per_car: number | null };
  binding: Array<{ product: string; tier: string; share: number }>;
  ensemble: ({ members: number; share_short: number } & Record<'cars_not_built' | 'days_to_shortage' | 'days_to_recovery' | 'extra_kg_co2e_per_car', Spread | null>) | null;
  daily: Array<{ day: number; cars: number; share_of_plan: number }>;
  notices: string[];
}
