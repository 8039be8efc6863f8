// The interval beside a bar: a line from the 5th to the 95th percentile with caps.
import { px, type Theme } from './theme';

interface RenderApi {
  value(dimension: number): number;
  coord(point: [number, number]): [number, number];
}

/** Data rows: [category index, low, high]. `lift` moves the line off the bar's middle, in pixels; words stand after the line. */
export function whiskers(theme: Theme, id: string, data: Array<[number, number, number]>, lift = 0, cap = 5, words: string[] = []): Record<string, unknown> {
  return {
    id,
    type: 'custom',
    silent: true,
    z: 10,
    data,
    encode: { x: [1, 2], y: 0 },
    renderItem: (params: { dataIndex: number }, api: RenderApi) => {
      const row = api.value(0);
      const [x1, y] = api.coord([api.value(1), row]);
      const [x2] = api.coord([api.value(2), row]);
      const at = y + lift;
      const style = { stroke: theme.ink, lineWidth: 1.5, fill: 'none' };
      return {
        type: 'group',
        children: [
          { type: 'line', shape: { x1, y1: at, x2, y2: at }, style },
          { type: 'line', shape: { x1, y1: at - cap, x2: x1, y2: at + cap }, style },
          { type: 'line', shape: { x1: x2, y1: at - cap, x2, y2: at + cap }, style },
          ...(words[params.dataIndex] === undefined ? [] : [{ type: 'text', style: { text: words[params.dataIndex], x: x2 + px(6), y: at, textVerticalAlign: 'middle', verticalAlign: 'middle', fill: theme.ink, fontFamily: theme.sans, fontSize: px(12) } }]),
        ],
      };
    },
  };
}
