// A car on the page: a catalogue id, a catalogue id with edits (`vw-id3-58~battery.gross_energy_kwh=70`), or a
// whole file (`file:…`, base64url). The text is what the address holds.
import { get } from '../api/client';
import { readKey, removeKey, setKey } from './toml';

export interface Choice {
  base: string;
  file: string | null;
  edits: Record<string, string>;
}

/** Keys that the page edits; everything else comes from the catalogue or the file. */
export const EDITABLE = [
  'battery.gross_energy_kwh', 'battery.chemistry', 'battery.made_in', 'motor.topology',
  'body.door_ring', 'body.castings', 'body.closures', 'body.recycled_aluminium_share',
] as const;

/** Edit that drops the catalogue's kerb mass, so that the model sizes the car. */
export const SIZED = 'sized';

/** A text as it stands in an address. */
export function encode(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

/** The text of an address; nothing where the link was cut. */
export function decode(text: string): string {
  try {
    return decodeWhole(text);
  } catch {
    return '';
  }
}

function decodeWhole(text: string): string {
  const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
  return new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
}

export function parseChoice(text: string): Choice {
  const [head = '', ...parts] = text.split('~');
  const edits: Record<string, string> = {};
  for (const part of parts) {
    const at = part.indexOf('=');
    if (at > 0) edits[part.slice(0, at)] = part.slice(at + 1);
    else edits[part] = '1';
  }
  if (!head.startsWith('file:')) return { base: head, file: null, edits };
  // a cut link gives an empty file, which the server refuses and says so
  const file = decode(head.slice(5));
  return { base: readKey(file, 'car.id') ?? 'file', file, edits };
}

export function writeChoice(choice: Choice): string {
  const head = choice.file === null ? choice.base : `file:${encode(choice.file)}`;
  const edits = Object.entries(choice.edits).map(([key, value]) => (key === SIZED ? key : `${key}=${value}`));
  return [head, ...edits].join('~');
}

export function isEdited(choice: Choice): boolean {
  return choice.file !== null || Object.keys(choice.edits).length > 0;
}

const cache = new Map<string, Promise<string>>();

export function catalogueToml(id: string): Promise<string> {
  let answer = cache.get(id);
  if (!answer) {
    answer = get<{ toml: string }>(`cars/${encodeURIComponent(id)}`).then((row) => row.toml);
    answer.catch(() => cache.delete(id));
    cache.set(id, answer);
  }
  return answer;
}

function literal(value: string): string {
  return /^-?\d+(\.\d+)?$/.test(value) || value === 'true' || value === 'false' ? value : JSON.stringify(value);
}

/** The car file of a choice. What the catalogue says of the old pack does not hold for another one. */
export async function choiceToml(choice: Choice): Promise<string> {
  let toml = choice.file ?? (await catalogueToml(choice.base));
  const { edits } = choice;
  if (edits[SIZED]) {
    for (const key of ['car.kerb_mass_kg', 'car.road_load.test_mass_kg']) toml = removeKey(toml, key);
  }
  if (edits['battery.gross_energy_kwh'] || edits['battery.chemistry'] || edits[SIZED]) {
    for (const key of ['battery.usable_energy_kwh', 'battery.pack_mass_kg']) toml = removeKey(toml, key);
  }
  for (const [key, value] of Object.entries(edits)) if (key !== SIZED) toml = setKey(toml, key, literal(value));
  return toml;
}

/** What the API takes for this choice. */
export async function carArgument(choice: Choice): Promise<string | { toml: string }> {
  return isEdited(choice) ? { toml: await choiceToml(choice) } : choice.base;
}
