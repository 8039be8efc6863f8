import { h, type Child } from './dom';

export interface Column<Row> {
  head: string;
  cell: (row: Row) => Child;
  numeric?: boolean;
}

export function table<Row>(caption: string, columns: Column<Row>[], rows: Row[]): HTMLElement {
  return h('div', { class: 'table-scroll', attrs: { tabindex: 0, role: 'region', 'aria-label': caption } },
    h('table', {},
      h('caption', { class: 'visually-hidden', text: caption }),
      h('thead', {}, h('tr', {}, columns.map((column) => h('th', { class: column.numeric ? 'num' : '', text: column.head, attrs: { scope: 'col' } })))),
      h('tbody', {}, rows.map((row) => h('tr', {}, columns.map((column, at) => (at === 0
        ? h('th', { class: column.numeric ? 'num' : '', attrs: { scope: 'row' } }, column.cell(row))
        : h('td', { class: column.numeric ? 'num' : '' }, column.cell(row)))))))));
}
