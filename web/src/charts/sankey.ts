// Flows between columns; a node's place is fixed by its column, its width by what flows through it.
import type { Graphic } from '../ui/figure';
import { number } from '../ui/format';
import type { Option, Series } from './engine';
import { px } from './theme';
import { tip, tooltip } from './tips';

export interface FlowNode {
  id: string;
  name: string;
  column: number;
  colour: string;
}

export interface FlowLink {
  from: string;
  to: string;
  value: number;
}

export function sankeyOption(nodes: FlowNode[], links: FlowLink[], unit: string, { theme, width, narrow }: Graphic): Option {
  const name = new Map(nodes.map((node) => [node.id, node.name]));
  const last = Math.max(...nodes.map((node) => node.column));
  const through = new Map<string, number>();
  for (const node of nodes) {
    const into = links.filter((link) => link.to === node.id).reduce((sum, link) => sum + link.value, 0);
    const out = links.filter((link) => link.from === node.id).reduce((sum, link) => sum + link.value, 0);
    through.set(node.id, Math.max(into, out));
  }
  const room = width / (last + 1);
  return {
    tooltip: tooltip(theme, (params) => {
      const data = params.data as { name?: string; source?: string; target?: string; value?: number };
      if (data.source && data.target) return tip(`${name.get(data.source) ?? ''} → ${name.get(data.target) ?? ''}`, [['', `${number(data.value)} ${unit}`]]);
      return tip(name.get(data.name ?? '') ?? '', [['', `${number(through.get(data.name ?? ''))} ${unit}`]]);
    }),
    series: [{
      id: 'flow',
      type: 'sankey',
      left: 4,
      right: px(narrow ? 76 : 150),
      top: 10,
      bottom: 10,
      nodeWidth: px(12),
      nodeGap: px(narrow ? 10 : 15),
      layoutIterations: 24,
      draggable: false,
      emphasis: { focus: 'adjacency' },
      lineStyle: { color: 'source', opacity: 0.28, curveness: 0.5 },
      itemStyle: { borderWidth: 0 },
      label: {
        color: theme.ink, fontFamily: theme.sans, fontSize: px(narrow ? 11 : 12.5), width: Math.max(room - 24, 54), overflow: 'truncate',
        formatter: (params: { name: string }) => (narrow ? name.get(params.name) ?? '' : `${name.get(params.name) ?? ''} ${number(through.get(params.name))}`),
      },
      data: nodes.map((node) => ({ name: node.id, depth: node.column, itemStyle: { color: node.colour } })),
      links: links.filter((link) => link.value > 0).map((link) => ({ source: link.from, target: link.to, value: link.value })),
    }] as unknown as Series,
  };
}
