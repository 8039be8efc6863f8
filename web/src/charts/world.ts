// Shares of places on a map of the world, of areas as they are (equal-area), drawn from Natural Earth's borders at 1:110 million.
import codes from 'i18n-iso-countries/codes.json';
import { geoEqualEarth } from 'd3-geo';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import atlas from 'world-atlas/countries-110m.json';
import { placeName } from '../i18n';
import type { Graphic } from '../ui/figure';
import { percent } from '../ui/format';
import type { Key } from '../ui/legend';
import { echarts, type Option, type Series } from './engine';
import { pick, px, type Theme } from './theme';
import { tip, tooltip } from './tips';

type Point = [number, number];

const ANTARCTICA = 'AQ';
const iso2 = new Map((codes as string[][]).map(([two, , numeric]) => [numeric, two]));
const topology = atlas as unknown as Topology<{ countries: GeometryCollection<{ name: string }> }>;
const features = feature(topology, topology.objects.countries).features
  .map((one) => ({ ...one, properties: { id: iso2.get(String(one.id)) ?? '', name: one.properties.name } }))
  .filter((one) => one.properties.id !== ANTARCTICA);
const drawn = new Set(features.map((one) => one.properties.id));
echarts.registerMap('world', { type: 'FeatureCollection', features } as never);

// Borders run across the antimeridian; the projection's stream cuts them there.
const equalEarth = geoEqualEarth();
const projection = {
  project: (point: Point): Point => equalEarth(point) ?? [Number.NaN, Number.NaN],
  unproject: (point: Point): Point => equalEarth.invert?.(point) ?? [Number.NaN, Number.NaN],
  stream: equalEarth.stream,
};

/** Least share of each shade, in the order of the theme's sequence. */
const SHADES: Array<{ from: number; colour: number }> = [{ from: 0, colour: 2 }, { from: 0.05, colour: 3 }, { from: 0.1, colour: 4 }, { from: 0.25, colour: 5 }, { from: 0.5, colour: 7 }];

function shade(share: number, theme: Theme): string {
  const found = SHADES.filter(({ from }) => share >= from).at(-1);
  return pick(theme.sequence, found?.colour ?? 0);
}

export function shadeKeys(): Key[] {
  return SHADES.map(({ from, colour }, at) => {
    const to = SHADES[at + 1]?.from;
    return { name: to === undefined ? `> ${percent(from)}` : `${percent(from)}–${percent(to)}`, colour: (theme: Theme) => pick(theme.sequence, colour), mark: 'square' as const };
  });
}

/** Places with a share that the map does not draw: too small for its scale, or no country. */
export function undrawn(shares: Record<string, number>): Array<[string, number]> {
  return Object.entries(shares).filter(([place, share]) => share > 0 && !drawn.has(place)).sort((a, b) => b[1] - a[1]);
}

/** About half as high as wide, as the projection is. */
export function worldHeight(width: number): number {
  return Math.max(170, Math.min(width * 0.45, px(560)));
}

export function worldOption(shares: Record<string, number>, { theme, narrow }: Graphic): Option {
  const named = new Set(Object.entries(shares).sort((a, b) => b[1] - a[1]).slice(0, narrow ? 2 : 6).filter(([, share]) => share >= 0.05).map(([place]) => place));
  return {
    tooltip: tooltip(theme, ({ name }) => (name ? tip(placeName(name), [['', name in shares ? percent(shares[name]) : '–']]) : '')),
    series: [{
      id: 'world',
      type: 'map',
      map: 'world',
      nameProperty: 'id',
      projection,
      left: 4,
      right: 4,
      top: 4,
      bottom: 4,
      preserveAspect: 'contain',
      selectedMode: false,
      itemStyle: { areaColor: theme.faint, borderColor: theme.paper, borderWidth: 0.6 },
      emphasis: { label: { show: false }, itemStyle: { areaColor: theme.accent } },
      label: {
        show: false, color: theme.ink, fontFamily: theme.sans, fontSize: px(narrow ? 10.5 : 12), textBorderColor: theme.paper, textBorderWidth: 3,
        formatter: ({ name }: { name: string }) => `${placeName(name)} ${percent(shares[name])}`,
      },
      data: Object.entries(shares).filter(([place, share]) => share > 0 && drawn.has(place))
        .map(([place, share]) => ({ name: place, value: share, itemStyle: { areaColor: shade(share, theme) }, label: { show: named.has(place) } })),
    }] as unknown as Series,
  };
}
