// Keys of `explain` that the app reads.
import type { Status } from './assess';

export interface Evidence {
  what: string;
  at: string;
  source: string;
  title: string;
  locator: string;
  status: Status;
}

export interface Node {
  label: string;
  amount: number | null;
  unit: string | null;
  place: string | null;
  value: number;
  share: number;
  own: number;
  below_cut: number;
  evidence: Evidence[];
  children: Node[];
}

export interface Explanation {
  car: string;
  of: string;
  unit: string;
  root: Node;
}
