// Keys of the data routes that the app reads.
import type { Status } from './assess';

export interface TableRow {
  table: string;
  title: string;
  rows: number;
}

export interface Hit {
  table: string;
  row: number;
  cells: Record<string, string>;
  source: string | null;
  status: Status | null;
}

export interface SearchAnswer {
  total: number;
  hits: Hit[];
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
