// What a page gets and gives back.
import type { Info } from '../api/info';
import type { State } from '../state';

export interface Context {
  state: State;
  info: Info;
  root: HTMLElement;
}

export interface Page {
  close(): void;
}

export type Mount = (context: Context) => Page;
