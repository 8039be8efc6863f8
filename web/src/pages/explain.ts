// From a figure down to the table rows under it.
import type { Explanation, Evidence, Node } from '../api/explain';
import { post } from '../api/client';
import { barsHeight, barsOption } from '../charts/bars';
import { groupOf, type STAGE_GROUPS } from '../charts/theme';
import { carArgument, parseChoice } from '../car/choice';
import { placeName, t, term } from '../i18n';
import { href } from '../state';
import { section, segmented, select, slider } from '../ui/controls';
import { h, replace, type Child } from '../ui/dom';
import { figure } from '../ui/figure';
import { number, percent, words } from '../ui/format';
import { Question } from '../ui/question';
import { csv, save, type Cell } from '../ui/save';
import { scenarioBody, scenarioControls } from '../ui/scenario';
import { statusMark } from '../ui/status';
import { table } from '../ui/table';
import { carLabel, carPicker } from './compare/cars';
import { layout } from './layout';
import type { Mount } from './page';

const METALS = ['aluminium', 'cobalt', 'copper', 'dysprosium', 'graphite', 'iron', 'lithium', 'manganese', 'neodymium', 'nickel'];

export const explain: Mount = ({ state, info, root }) => {
  const say = t().explain;
  const { controls, results, note } = layout(root, say.title, say.lead);
  const name = h('p', { class: 'picked' });
  const picture = figure();
  const tree = h('div', { class: 'tree', attrs: { role: 'group', 'aria-label': say.treeTitle } });
  results.append(picture.element, tree);
  const car = (): string => state.text('car', 'vw-id3-58');
  const subjects = [
    { value: 'climate', label: say.climate }, { value: 'energy', label: say.energy }, { value: 'cost', label: say.cost },
    ...METALS.map((id) => ({ value: id, label: term('materials', id) })),
  ];
  controls.append(
    section(say.subject, name, carPicker(info, say.another, (id) => state.set({ car: id, open: undefined })),
      select(say.of, subjects, state.text('of', 'climate'), (of) => state.set({ of, group: undefined, open: undefined })),
      segmented(say.cut, ['0.1', '1', '5'].map((value) => ({ value, label: `${value} %` })), state.text('cut', '1'), (cut) => state.set({ cut })),
      slider(say.depth, '', 1, 8, 1, state.number('depth', 5), (depth) => state.set({ depth }))),
    section(t().compare.scenario, scenarioControls(info, state)),
  );

  const question = new Question<Explanation>(note, async (signal) => post('explain', {
    car: await carArgument(parseChoice(car())), of: state.text('of', 'climate'), depth: state.number('depth', 5), cut: Number(state.text('cut', '1')), rows: true, ...scenarioBody(state),
  }, signal), (answer) => {
    const group = state.optional('group');
    const all = answer.root.children;
    const parts = group ? all.filter((node) => groupOf(node.label) === group) : all;
    const value = parts.reduce((sum, node) => sum + node.value, 0);
    const label = (node: Node): string => nodeLabel(node.label);
    const label2 = carLabel(info, parseChoice(car()));
    name.textContent = label2;
    picture.draw({
      title: say.pictureTitle(label2, say.subjects[answer.of as keyof typeof say.subjects] ?? term('materials', answer.of), answer.unit.replace('CO2e', 'CO₂e')),
      note: say.pictureNote,
      file: `minewheel-explain-${answer.of}`,
      height: barsHeight(all.length),
      option: (graphic) => barsOption(all.map((node) => ({
        name: label(node), value: node.value, label: `${number(node.value)} · ${percent(node.share)}`,
        colour: answer.of === 'climate' ? graphic.theme.stages[groupOf(node.label)] : undefined,
      })), answer.unit.replace('CO2e', 'CO₂e'), graphic),
      rows: [['path', 'amount', 'unit', 'place', answer.unit, 'share'], ...flat(answer.root, '')],
      json: answer,
      source: say.source,
      onClick: (clicked) => {
        const node = all.find((one) => label(one) === clicked);
        if (!node) return;
        state.set({ group: answer.of === 'climate' ? groupOf(node.label) : undefined, open: String(all.indexOf(node)) });
      },
    });
    const open = new Set(state.list('open', group ? parts.map((node) => String(all.indexOf(node))) : ['0', '0.0', '0.0.0']));
    const onToggle = (path: string, isOpen: boolean): void => {
      if (isOpen) open.add(path);
      else open.delete(path);
      state.set({ open: [...open].join(',') });
    };
    replace(tree,
      h('div', { class: 'tree-head' },
        h('h2', { text: group ? `${say.treeTitle}: ${t().groups[group as (typeof STAGE_GROUPS)[number]] ?? group}, ${number(value)} ${answer.unit.replace('CO2e', 'CO₂e')}` : say.treeTitle }),
        h('div', { class: 'exports' },
          group ? h('button', { class: 'quiet', text: say.all, attrs: { type: 'button' }, on: { click: () => state.set({ group: undefined, open: undefined }) } }) : null,
          h('button', { class: 'export', text: 'CSV', attrs: { type: 'button', 'aria-label': say.saveRows }, on: { click: () => save('minewheel-evidence.csv', csv(evidenceRows(answer.root)), 'text/csv') } }))),
      parts.length === 0 ? h('p', { text: t().notice.none }) : parts.map((node) => branch(node, String(all.indexOf(node)), answer, open, onToggle)));
  });

  const ask = (): void => question.ask([car(), scenarioBody(state), state.optional('of'), state.optional('cut'), state.optional('depth')]);
  let last = '';
  state.onChange(() => {
    const view = JSON.stringify([state.optional('group')]) + car() + JSON.stringify(scenarioBody(state)) + [state.optional('of'), state.optional('cut'), state.optional('depth')].join();
    if (view === last) return;
    last = view;
    ask();
  });
  ask();
  return { close: () => { question.stop(); picture.close(); } };
};

/** Stages and parts have names of their own; processes are named by the model. */
function nodeLabel(label: string): string {
  const stage = term('stages', label);
  const part = term('terms', label);
  return stage !== words(label) ? stage : part !== words(label) ? part : label;
}

function branch(node: Node, path: string, answer: Explanation, open: Set<string>, onToggle: (path: string, open: boolean) => void): HTMLElement {
  const say = t().explain;
  const bar = h('span', { class: 'bar', attrs: { 'aria-hidden': 'true' } }, h('i', {}));
  const fill = bar.firstElementChild as HTMLElement;
  fill.style.width = `${Math.max(Math.min(node.share, 1), 0) * 100}%`;
  const amount = node.amount === null ? '' : `${number(node.amount)} ${node.unit ?? ''}`;
  const summary = h('summary', { class: 'node' },
    h('span', { class: 'node-label' }, nodeLabel(node.label), node.place ? h('span', { class: 'node-place', text: placeName(node.place) }) : null),
    h('span', { class: 'node-amount', text: amount }),
    bar,
    h('span', { class: 'node-value', text: `${number(node.value)} ${answer.unit.replace('CO2e', 'CO₂e')}` }),
    h('span', { class: 'node-share', text: percent(node.share) }));
  const body = h('div', { class: 'node-body' });
  const details = h('details', { class: 'branch' }, summary, body);
  let filled = false;
  const fillBody = (): void => {
    if (filled) return;
    filled = true;
    const rest: Child[] = [];
    if (Math.abs(node.own) > Math.abs(node.value) * 0.001 && node.children.length > 0) rest.push(h('p', { class: 'hint', text: `${say.own}: ${number(node.own)} ${answer.unit.replace('CO2e', 'CO₂e')}` }));
    if (Math.abs(node.below_cut) > Math.abs(node.value) * 0.001) rest.push(h('p', { class: 'hint', text: `${say.belowCut}: ${number(node.below_cut)} ${answer.unit.replace('CO2e', 'CO₂e')}` }));
    replace(body, node.children.map((child, at) => branch(child, `${path}.${at}`, answer, open, onToggle)), rest, node.evidence.length > 0 ? evidenceTable(node.evidence) : null,
      node.children.length === 0 && node.evidence.length === 0 ? h('p', { class: 'hint', text: say.leaf }) : null);
  };
  if (open.has(path)) {
    details.open = true;
    fillBody();
  }
  details.addEventListener('toggle', () => {
    if (details.open) fillBody();
    if (details.open !== open.has(path)) onToggle(path, details.open);
  });
  return details;
}

function evidenceTable(list: Evidence[]): HTMLElement {
  const say = t().explain;
  return h('details', { class: 'evidence' }, h('summary', { text: say.rows(list.length) }), table<Evidence>(say.rows(list.length), [
    { head: say.row, cell: (row) => h('a', { text: row.at, attrs: { href: href('data', { text: row.what.split(' · ').at(-1), table: row.at.split(':')[0] }) } }) },
    { head: say.what, cell: (row) => row.what },
    { head: t().data.status, cell: (row) => statusMark(row.status) },
    { head: t().data.source, cell: (row) => [row.title, h('span', { class: 'hint', text: ` ${row.locator}` })] },
  ], list));
}

function flat(node: Node, path: string): Cell[][] {
  const here = path ? `${path} / ${node.label}` : node.label;
  return [[here, node.amount, node.unit, node.place, node.value, node.share], ...node.children.flatMap((child) => flat(child, here))];
}

function evidenceRows(root: Node): Cell[][] {
  const rows: Cell[][] = [['path', 'what', 'at', 'status', 'source', 'title', 'locator']];
  const walk = (node: Node, path: string): void => {
    const here = path ? `${path} / ${node.label}` : node.label;
    for (const row of node.evidence) rows.push([here, row.what, row.at, row.status, row.source, row.title, row.locator]);
    for (const child of node.children) walk(child, here);
  };
  walk(root, '');
  return rows;
}
