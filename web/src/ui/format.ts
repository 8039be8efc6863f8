// Numbers as the command line prints them: three digits, groups apart by a thin space.
import type { Interval } from '../api/assess';

const THIN = '\u202f';
const formats = new Map<number, Intl.NumberFormat>();

function format(digits: number): Intl.NumberFormat {
  let found = formats.get(digits);
  if (!found) {
    found = new Intl.NumberFormat('en-GB', { maximumSignificantDigits: digits, useGrouping: true });
    formats.set(digits, found);
  }
  return found;
}

export function number(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size > 0 && size < 1e-4) return value.toExponential(digits - 1).replace('-', '−').replace('e−', 'e−');
  const text = format(size >= 1000 ? Math.max(digits, 4) : digits).format(value);
  return text.replace(/,/g, THIN).replace(/^-/, '−');
}

export function interval(value: Interval | null | undefined, digits = 3): string {
  if (!value) return '–';
  return hasRange(value) ? `${number(value.value, digits)} [${span(value.p5, value.p95, (x) => number(x, digits))}]` : number(value.value, digits);
}

/** 3–5, but −3 to 5: a dash beside a minus misleads. */
export function span(low: number, high: number, show: (value: number) => string): string {
  return low < 0 ? `${show(low)} … ${show(high)}` : `${show(low)}–${show(high)}`;
}

export function hasRange(value: Interval | null | undefined): value is Interval & { p5: number; p95: number } {
  return typeof value?.p5 === 'number' && typeof value.p95 === 'number';
}

export function percent(share: number | null | undefined, digits = 2): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return '–';
  return `${number(share * 100, Math.abs(share) >= 0.1 ? digits : Math.min(digits, 2))}${THIN}%`;
}

export function scale(value: Interval, factor: number): Interval {
  const by = (x: number | null): number | null => (x === null ? null : x * factor);
  return { value: value.value * factor, p5: by(value.p5), p50: by(value.p50), p95: by(value.p95) };
}

/** An id as words: `hard-coal_plant` -> `hard coal plant`. */
export function words(id: string): string {
  return id.replace(/[-_]/g, ' ');
}
