// Emissions added up over the distance: the making at zero, the use spread evenly, the end of life at the end.
// The lines connect figures of the answer; nothing between them is modelled here.
import type { Assessment } from '../api/assess';
import type { Graphic } from '../ui/figure';
import { number } from '../ui/format';
import type { Option, Series, XAxis, YAxis } from './engine';
import { DASHES, pick, SYMBOLS, px } from './theme';
import { axisText, tip, tooltip, valueAxis } from './tips';

export interface Crossing {
  first: string;
  second: string;
  km: number;
  tonnes: number;
}

function perKm(car: Assessment): number {
  return car.climate.use_kg.value / car.lifetime_km;
}

/** Where two drawn lines cross within the shorter of both lives. */
export function crossings(cars: Assessment[]): Crossing[] {
  const found: Crossing[] = [];
  cars.forEach((a, at) => cars.slice(at + 1).forEach((b) => {
    const slope = perKm(a) - perKm(b);
    const km = (b.climate.production_kg.value - a.climate.production_kg.value) / slope;
    if (Number.isFinite(km) && km > 0 && km <= Math.min(a.lifetime_km, b.lifetime_km)) {
      found.push({ first: a.name, second: b.name, km, tonnes: (a.climate.production_kg.value + perKm(a) * km) / 1000 });
    }
  }));
  return found;
}

interface RenderApi {
  coord(point: [number, number]): [number, number];
}

export function breakevenOption(cars: Assessment[], names: string[], words: { km: string; tonnes: string; withEnd: string; level: string }, { theme, width, narrow }: Graphic): Option {
  const crossing = crossings(cars);
  const far = Math.max(...cars.map((car) => car.lifetime_km));
  const right = narrow ? 16 : px(190);
  const top = Math.max(...cars.map((car) => Math.max(car.climate.total_g_per_km.value, car.climate.total_g_per_km.p95 ?? 0) * car.lifetime_km)) / 1e6;
  const ends = cars.map((car) => (car.climate.total_g_per_km.value * car.lifetime_km) / 1e6);
  const plot = px(360 - 30 - 50);
  // end labels are pushed apart so that no two of them overlap
  const order = ends.map((end, at) => ({ at, y: plot * (1 - end / (top * 1.05)) })).sort((a, b) => a.y - b.y);
  order.forEach((label, at) => {
    const above = order[at - 1];
    if (above && label.y < above.y + px(18)) label.y = above.y + px(18);
  });
  const shift = new Map(order.map(({ at, y }) => [at, y - plot * (1 - (ends[at] ?? 0) / (top * 1.05))]));
  const bands = cars.flatMap((car, at) => {
    const { production_kg: making, total_g_per_km: total } = car.climate;
    if (making.p5 === null || making.p95 === null || total.p5 === null || total.p95 === null) return [];
    const end = car.lifetime_km / 1e6;
    return [{ at, km: car.lifetime_km, corners: [making.p5 / 1000, making.p95 / 1000, total.p95 * end, total.p5 * end] as [number, number, number, number] }];
  });
  return {
    grid: { left: px(44), right, top: px(30), bottom: px(50) },
    tooltip: tooltip(theme, (params) => {
      const car = cars[Number(String(params.seriesName).split('|')[0])];
      const point = params.value as [number, number];
      return car ? tip(car.name, [[words.km, number(point[0])], [words.tonnes, number(point[1])]]) : '';
    }),
    xAxis: valueAxis(theme, words.km, { max: far, nameLocation: 'middle', nameGap: px(30), nameTextStyle: axisText(theme), splitLine: { show: false }, axisLine: { show: true, lineStyle: { color: theme.ink } }, axisLabel: { ...axisText(theme), hideOverlap: true, formatter: (value: number) => number(value) }, splitNumber: narrow ? 3 : 5 }) as XAxis,
    yAxis: valueAxis(theme, words.tonnes, { nameTextStyle: { ...axisText(theme), align: 'left', padding: [0, 0, 0, -px(34)] }, max: top * 1.05, axisLabel: { ...axisText(theme), showMaxLabel: false } }) as YAxis,
    series: [
      ...bands.map((band) => ({
        id: `band-${band.at}`,
        type: 'custom' as const,
        silent: true,
        z: 1,
        data: [[0, 0]],
        renderItem: (_: unknown, api: RenderApi) => ({
          type: 'polygon' as const,
          shape: { points: [api.coord([0, band.corners[0]]), api.coord([0, band.corners[1]]), api.coord([band.km, band.corners[2]]), api.coord([band.km, band.corners[3]])] },
          style: { fill: pick(theme.cars, band.at), opacity: 0.13 },
        }),
      })),
      ...cars.map((car, at) => {
        const making = car.climate.production_kg.value / 1000;
        const driven = making + car.climate.use_kg.value / 1000;
        const colour = pick(theme.cars, at);
        return {
          id: `line-${at}`,
          name: `${at}|${car.name}`,
          type: 'line' as const,
          symbol: pick(SYMBOLS, at),
          symbolSize: px(9),
          lineStyle: { color: colour, width: 2.2, type: pick(DASHES, at) },
          itemStyle: { color: colour },
          data: [[0, making], [car.lifetime_km, driven], [car.lifetime_km, ends[at] ?? driven]],
          endLabel: { show: !narrow, formatter: names[at] ?? car.name, color: colour, fontFamily: theme.sans, fontSize: px(13), fontWeight: 600 as const, offset: [6, shift.get(at) ?? 0], width: right - 16, overflow: 'truncate' as const },
        };
      }),
      {
        id: 'crossings',
        name: 'crossings',
        type: 'scatter' as const,
        silent: true,
        z: 20,
        symbolSize: px(12),
        itemStyle: { color: theme.paper, borderColor: theme.ink, borderWidth: 1.8 },
        data: crossing.map((one) => [one.km, one.tonnes]),
        label: { show: true, position: width < 560 ? 'bottom' as const : 'right' as const, distance: 8, color: theme.ink, fontFamily: theme.sans, fontSize: px(12), backgroundColor: theme.paper, padding: [1, 4], formatter: ({ value }: { value: unknown }) => `${words.level} ${number((value as [number])[0])} km` },
      },
    ] as Series,
  };
}
