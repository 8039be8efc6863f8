// Keys of the data routes that the app reads.
import type { Status } from './assess';

export interface TableRow {
  table: string;
  rows: number;
}

/** A row of any table; cells stay as they are written, and empty cells are empty. */
export interface Hit {
  table: string;
  line: number;
  id: string;
  value: string;
  unit: string;
  low: string;
  high: string;
  source: string;
  locator: string;
  status: Status | '';
  note: string;
}

export interface SearchAnswer {
  total: number;
  rows: Hit[];
}

export interface Source {
  key: string;
  title: string;
  authors: string;
  year: number | null;
  link: string;
  licence: string;
  group: string;
  read: number;
  derived: number;
  recalled: number;
  assumption: number;
}
