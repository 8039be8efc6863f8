// Keys of `assess` and `range` that the app reads.

export interface Interval {
  value: number;
  p5: number | null;
  p50: number | null;
  p95: number | null;
}

export interface StageRow {
  stage: string;
  part: string;
  /** None where places were not asked for. */
  country: string | null;
  kg: number;
}

export type Status = 'read' | 'derived' | 'recalled' | 'assumption';

export interface Contributor {
  process: string;
  country: string;
  kg: number;
  share: number;
  source: string;
  status: Status;
}

export interface Impact {
  value: number;
  unit: string;
  by_phase: [number, number, number];
  coverage: number;
  is_incomplete: boolean;
}

export interface CostBlock {
  block: string;
  usd: number;
  price_year: number;
  status: Status;
}

export interface Driver {
  what: string;
  at: string;
  source: string;
  status: Status;
  share: number;
}

export interface Assessment {
  car: string;
  name: string;
  country: string;
  year: number;
  preset: string;
  kerb_mass_kg: number;
  consumption_kwh_per_100km: number | null;
  range_km: number | null;
  fuel_l_per_100km: number | null;
  lifetime_km: number;
  climate: {
    production_kg: Interval;
    use_kg: Interval;
    end_of_life_kg: Interval;
    total_g_per_km: Interval;
  };
  climate_by_stage: StageRow[];
  battery_climate_kg_per_kwh: Interval | null;
  materials_kg: Record<string, Interval>;
  impacts: Record<string, Impact>;
  cost: {
    production_usd: Interval;
    use_usd: Interval;
    total_usd_per_km: Interval;
    blocks: CostBlock[];
    pack: {
      usd_per_kwh: number;
      survey_place: string;
      survey_year: number | null;
      survey_mean_usd_per_kwh: number;
      cost_model_usd_per_kwh: number | null;
    } | null;
  };
  origin: Record<string, Record<string, number>>;
  weakest_status: Status;
  evidence_by_status: Record<Status, number>;
  drivers: Driver[] | null;
  difference_to_first?: { total_g_per_km: Interval; break_even_km: number | null } | null;
  defaulted: Record<string, number | string | boolean>;
  run: {
    version: string;
    data: string;
    seed: number | null;
    samples: number | null;
    method: string;
    boundary: string;
    notices: string[];
    contributors: Contributor[];
  };
}

export interface RangeRule {
  range_km: number | null;
  consumption_kwh_per_100km: number | null;
  cycle: string;
}

export const RANGE_RULES = ['wltp', 'cltc', 'epa', 'nedc'] as const;

export type RangeAnswer = { car: string; powertrain: string } & Record<(typeof RANGE_RULES)[number], RangeRule | null>;
