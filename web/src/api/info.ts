// What the server knows: the catalogue, places, chemistries. Lists may come as ids, as objects or as the
// text of `minewheel schema NAME`; all become one shape here.
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

export interface Named {
  id: string;
  name: string;
}

export interface Info {
  version: string;
  cars: CarRow[];
  places: Named[];
  chemistries: Named[];
  methods: Named[];
  presets: Named[];
  products: Named[];
  cycles: Named[];
}

function named(list: unknown): Named[] {
  if (typeof list === 'string') {
    return list.split('\n').filter((line) => line.trim() !== '').map((line) => {
      const [id = '', ...rest] = line.trim().split(/\s+/);
      return { id, name: rest.join(' ') || id };
    });
  }
  if (!Array.isArray(list)) return [];
  return list.map((entry: unknown) => {
    if (typeof entry === 'string') return { id: entry, name: entry };
    const row = entry as Record<string, unknown>;
    const id = String(row['id'] ?? row['name'] ?? '');
    return { id, name: String(row['name'] ?? row['title'] ?? id) };
  });
}

export async function loadInfo(): Promise<Info> {
  const raw = await get<Record<string, unknown>>('info');
  const cars = Array.isArray(raw['cars']) && typeof raw['cars'][0] === 'object' ? (raw['cars'] as CarRow[]) : await get<CarRow[]>('cars');
  return {
    version: String(raw['version'] ?? ''),
    cars,
    places: named(raw['places']),
    chemistries: named(raw['chemistries']),
    methods: named(raw['methods']),
    presets: named(raw['presets']),
    products: named(raw['products']),
    cycles: named(raw['cycles']),
  };
}
