// Keys of `battery` and `recycle` that the app reads.
import type { Driver, Interval, Status } from './assess';

export interface BatteryAnswer {
  chemistry: string;
  is_estimate: boolean;
  made_in: string;
  year: number;
  gross_energy_kwh: number;
  cell_format: string;
  layout: string;
  cell_wh_per_kg: number;
  pack_wh_per_kg: number;
  pack_mass_kg: number;
  materials_kg_per_kwh: Record<string, number>;
  power: { pack_kw: number } | null;
  fast_charge: { minutes_10_to_80: number | null; limit: string | null } | null;
  climate_kg_per_kwh: Interval;
  climate_by_stage: Array<{ stage: string; country: string; kg_per_kwh: number; share: number }>;
  cost_usd_per_kwh: Interval;
  cost_blocks: Array<{ block: string; usd_per_kwh: number; commodities_usd_per_kwh: number }>;
  cycle_life: number | null;
  first_life_years: number | null;
  ranking: Driver[];
  checks: Array<{ name: string; value: number; bound: string; limit: number; unit: string; pass: boolean }>;
  weakest_status: Status;
  notices: string[];
  run: { version: string; data: string; method: string };
}

export interface RecycleAnswer {
  chemistry: string;
  routes: Array<{
    route: string;
    elements: Array<{ element: string; recovery: Interval }>;
    climate: { recycling: Interval; avoided: Interval; net: Interval };
    money: { processing: Interval; revenue: Interval; margin: Interval };
  }>;
}
