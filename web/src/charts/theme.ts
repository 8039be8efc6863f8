// Colours and type come from the style sheet, so that light and dark are written once.

export interface Theme {
  ink: string;
  soft: string;
  faint: string;
  paper: string;
  accent: string;
  stages: Record<StageGroup, string>;
  cars: string[];
  sequence: string[];
  sans: string;
}

export const STAGE_GROUPS = ['battery', 'drive', 'body', 'assembly', 'energy', 'upkeep', 'end'] as const;
export type StageGroup = (typeof STAGE_GROUPS)[number];

/** Stages of `assess` by the group that the pages draw. */
export const GROUP_OF: Record<string, StageGroup> = {
  'battery-materials': 'battery', 'cell-manufacturing': 'battery', 'battery-pack': 'battery',
  'electric-drive': 'drive', 'power-electronics': 'drive', 'combustion-drive': 'drive',
  glider: 'body', tyres: 'body', fluids: 'body',
  assembly: 'assembly', electricity: 'energy', fuel: 'energy', maintenance: 'upkeep', 'end-of-life': 'end',
};

export function groupOf(stage: string): StageGroup {
  return GROUP_OF[stage] ?? 'body';
}

let known: Theme | null = null;

/** Forgets the theme: the colour scheme or the size of type changed. */
export function forgetTheme(): void {
  known = null;
}

export function readTheme(): Theme {
  known ??= readStyle();
  return known;
}

function readStyle(): Theme {
  const style = getComputedStyle(document.documentElement);
  typeSize = Number.parseFloat(style.fontSize);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  const stages = Object.fromEntries(STAGE_GROUPS.map((group) => [group, read(`--stage-${group}`)])) as Record<StageGroup, string>;
  return {
    ink: read('--ink'),
    soft: read('--ink-soft'),
    faint: read('--rule'),
    paper: read('--paper'),
    accent: read('--accent'),
    stages,
    cars: [1, 2, 3, 4, 5, 6].map((n) => read(`--car-${n}`)),
    sequence: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => read(`--seq-${n}`)),
    // saved SVG files hold the family inside a quoted attribute
    sans: read('--sans').replace(/"/g, "'"),
  };
}

/** Pixels that grow with the page's type, so that charts stay legible on large screens. */
export function px(size: number): number {
  return Math.round(((size * typeSize) / DESIGNED_AT) * 10) / 10;
}

/** Size of type that the charts were drawn for, and the page's own, read with the theme. */
const DESIGNED_AT = 15.4;
let typeSize = DESIGNED_AT;

export function pick<T>(list: readonly T[], at: number): T {
  return list[at % list.length] as T;
}

/** Dashes and symbols tell cars apart where colours do not. */
export const DASHES: Array<'solid' | number[]> = ['solid', [7, 4], [2, 3], [10, 3, 2, 3], [14, 5], [4, 2]];
export const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond', 'pin', 'arrow'] as const;
