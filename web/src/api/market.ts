// Keys of `market`, `fleet` and `tco` that the app reads.
import type { Status } from './assess';

export interface MarketLine {
  period: string;
  indicator: string;
  holder: string;
  title: string;
  counts: string;
  exports: string;
  value: number;
  unit: string;
  rounding: number | null;
  growth: number | null;
  way: string;
  status: Status;
  sources: string[];
}

export interface MarketAnswer {
  place: string;
  span: string;
  lines: MarketLine[];
  missing: string[];
  gaps: Array<{ kind: string; period: string; difference: number; share: number | null; rounding: number; status: Status; words: string }>;
}

export interface FleetAnswer {
  title: string;
  place: string;
  years: Array<{ year: number; product: string; stock: number; inflow: number; outflow: number; km: number; electricity_gwh: number; fuel_ml: number; production_t: number | null; use_t: number | null; end_of_life_t: number | null }>;
  packs: Array<{ year: number; product: string; in_cars_gwh: number; fitted_gwh: number; collected_gwh: number; informal_gwh: number; in_second_life_gwh: number; recycled_gwh: number; exported_gwh: number }>;
  materials: Array<{ year: number; element: string; body_demand_t: number | null; pack_demand_t: number | null; pack_recovered_t: number | null }>;
  load_gw: unknown[];
  weakest_status: Status;
  notices: string[];
}

export interface TcoCountry {
  country: string;
  purchase_parity: number | null;
  ownership_parity: number | null;
  years: Array<{ year: number; battery_usd_per_km: number; fuel_usd_per_km: number; battery_purchase_usd: number; fuel_purchase_usd: number }>;
}

export interface TcoAnswer {
  countries?: TcoCountry[];
  weakest_status?: Status;
}
