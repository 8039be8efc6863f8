// What the server knows: the catalogue, places, chemistries, and the years its electricity mixes span.
import { get } from './client';

export interface CarRow {
  id: string;
  name: string;
  make: string;
  powertrain: string;
  model_year: number;
  chemistry: string | null;
  gross_energy_kwh: number | null;
}

export interface Place {
  id: string;
  name: string;
  /** Whether a car can be charged there: the tables know its electricity. */
  has_mix: boolean;
}

export interface Info {
  version: string;
  cars: CarRow[];
  places: Place[];
  chemistries: string[];
  methods: string[];
  topologies: string[];
  materials: string[];
  years: { min: number; max: number };
}

type Raw = Omit<Info, 'cars' | 'methods'> & { methods: Array<string | { id: string }> };

export async function loadInfo(): Promise<Info> {
  const [raw, cars] = await Promise.all([get<Raw>('info'), get<CarRow[]>('cars')]);
  return { ...raw, cars, methods: raw.methods.map((method) => (typeof method === 'string' ? method : method.id)) };
}
