// Keys of `motor` that the app reads.
import type { Status } from './assess';

export interface MotorMap {
  speeds_rad_s: number[];
  /** Torque over the peak torque at that speed, from -1 (braking) to 1. */
  shares: number[];
  peak_nm: number[];
  continuous_nm: number[];
  /** One row of shares after the other, by speed. */
  loss_w: number[];
}

export interface MotorAnswer {
  topology: string;
  magnet_grade: string | null;
  outer_mm: number;
  stack_mm: number;
  mass_kg: number;
  rare_earth_kg: number;
  best_efficiency: number;
  cycle_efficiency: number;
  wall_wh_per_km: number;
  continuous_nm: number;
  machine_footprint_kg: number;
  footprint_kg: number;
  cost_usd: number;
  risk_kg: number;
  // null: nothing stands beside it.
  is_pareto: boolean | null;
  bill: Array<{ part: string; product: string; amount: number; unit: string; kg_co2e: number; status: Status }>;
  map: MotorMap;
}
