// What a car earns under each edition, what would change it, the accounts of companies, and the price of a credit.
import { post } from '../api/client';
import type { CreditsCar, CreditsLedger, CreditsMarket } from '../api/policy';
import { barsHeight, barsOption } from '../charts/bars';
import { linesOption, type Line } from '../charts/lines';
import { px } from '../charts/theme';
import { carArgument, parseChoice } from '../car/choice';
import { t } from '../i18n';
import { section, segmented, select, slider } from '../ui/controls';
import { h, replace } from '../ui/dom';
import { facts } from '../ui/facts';
import { figure } from '../ui/figure';
import { number, words as plain } from '../ui/format';
import { carKeys } from '../ui/legend';
import { notice } from '../ui/notice';
import { Question } from '../ui/question';
import { statusMark, statusText } from '../ui/status';
import { table } from '../ui/table';
import { carLabel, carPicker } from './compare/cars';
import { layout } from './layout';
import type { Mount } from './page';

/** Accounting years with an edition of the rules. */
const YEARS = [2018, 2019, 2020, 2021, 2022, 2023, 2024, 2025, 2026, 2027];

const CNY_PER_MILLION = 1e6;

export const credits: Mount = ({ state, info, root }) => {
  const say = t().credits;
  const { controls, results, note } = layout(root, say.title, say.lead);
  const name = h('p', { class: 'picked' });
  const head = h('div', {});
  const [years, cliffs, ledger, price] = [figure(), figure(), figure(), figure()];
  const rules = h('div', { class: 'facts' });
  const side = notice();
  const totals = h('div', { class: 'facts' });
  const trades = h('div', { class: 'facts' });
  results.append(head, h('div', { class: 'pair' }, years.element, cliffs.element), rules, h('h2', { class: 'rule-head', text: say.companies }), side.element, h('div', { class: 'pair' }, ledger.element, price.element), trades, totals);
  const car = (): string => state.text('car', 'vw-id3-58');
  const electric = { ...info, cars: info.cars.filter((one) => one.powertrain === 'bev' || one.powertrain === 'phev') };
  controls.append(
    section(say.subject, name, carPicker(electric, t().explain.another, (id) => state.set({ car: id })),
      slider(say.year, '', 2018, 2027, 1, state.number('year', 2025), (year) => state.set({ year }))),
    section(say.companies,
      segmented(say.affiliates, [{ value: 'stated', label: say.stated }, { value: 'all', label: say.allLinked }], state.text('affiliates', 'stated'), (affiliates) => state.set({ affiliates })),
      select(say.foresight, [{ value: 'perfect', label: say.perfect }, { value: 'none', label: say.none }], state.text('foresight', 'perfect'), (foresight) => state.set({ foresight }))));

  interface Answer { now: CreditsCar; all: Array<CreditsCar | null> }
  const question = new Question<Answer>(note, async (signal) => {
    const argument = await carArgument(parseChoice(car()));
    const of = (year: number): Promise<CreditsCar> => post('credits/car', { car: argument, year }, signal);
    const [now, ...all] = await Promise.all([of(state.number('year', 2025)), ...YEARS.map((year) => of(year).catch((error: unknown) => {
      if (signal.aborted) throw error;
      return null;
    }))]);
    return { now, all };
  }, ({ now, all }) => {
    name.textContent = carLabel(info, parseChoice(car()));
    replace(head, facts([
      { label: say.facts.credit(String(now.year)), value: number(now.credit), unit: say.creditUnit },
      { label: say.facts.standard, value: number(now.standard) },
      ...Object.entries(now.factors).map(([key, value]) => ({ label: say.factors[key as keyof typeof say.factors] ?? plain(key), value: `× ${number(value)}` })),
      { label: say.facts.edition, value: now.edition },
    ]));
    const known = YEARS.flatMap((year, at) => (all[at] ? [{ year, answer: all[at] }] : []));
    years.draw({
      title: say.yearsTitle(carLabel(info, parseChoice(car()))), note: say.yearsNote, file: 'minewheel-credits-by-year', height: barsHeight(known.length),
      option: (graphic) => barsOption(known.map(({ year, answer }) => ({ name: String(year), value: answer.credit, foot: `${answer.edition} · ${statusText(answer.weakest_status)}`, colour: year === now.year ? graphic.theme.accent : graphic.theme.stages.end })), say.creditUnit, graphic),
      rows: [['year', 'credit', 'edition', 'status'], ...known.map(({ year, answer }) => [year, answer.credit, answer.edition, answer.weakest_status])],
      json: known.map(({ answer }) => answer), source: `${say.modelRange} · ${t().battery.weakest}: ${statusText(now.weakest_status)}`,
      onClick: (year) => state.set({ year: Number(year) }),
    });
    const steps = [...now.cliffs].sort((a, b) => Math.abs(a.distance / a.at) - Math.abs(b.distance / b.at));
    if (steps.length === 0) cliffs.empty(say.cliffsTitle, t().notice.none);
    else cliffs.draw({
      title: say.cliffsTitle, note: say.cliffsNote, file: 'minewheel-credit-cliffs', height: barsHeight(steps.length),
      option: (graphic) => barsOption(steps.map((step) => ({ name: `${say.quantities[step.quantity as keyof typeof say.quantities] ?? plain(step.quantity)} ${number(step.at)}`, value: step.gain, foot: say.across(number(step.credit_across), number(step.distance)), colour: step.gain < 0 ? graphic.theme.stages.battery : graphic.theme.stages.energy })), say.gainUnit, graphic),
      rows: [['quantity', 'at', 'distance', 'credit across', 'gain'], ...steps.map((step) => [step.quantity, step.at, step.distance, step.credit_across, step.gain])], json: now.cliffs, source: now.edition,
    });
    replace(rules, h('h3', { text: say.slopesTitle }),
      table(say.slopesTitle, [
        { head: say.lever, cell: (row) => say.levers[row.lever as keyof typeof say.levers] ?? plain(row.lever) },
        { head: say.perUnit, numeric: true, cell: (row) => `${number(row.credit_per_unit)}${row.unit === '1' ? '' : ` / ${row.unit}`}` },
      ], now.design_slopes),
      h('h3', { text: say.rulesTitle }),
      table(say.rulesTitle, [
        { head: say.rule, cell: (row) => plain(row.item) },
        { head: say.facts.edition, cell: (row) => row.edition },
        { head: t().data.status, cell: (row) => statusMark(row.status) },
        { head: t().data.source, cell: (row) => `${row.source}, ${row.locator}` },
      ], now.rules));
  });

  interface Market { ledger: CreditsLedger; market: CreditsMarket }
  const market = new Question<Market>(side, async (signal) => {
    const affiliates = state.text('affiliates', 'stated');
    const [book, prices] = await Promise.all([
      post<CreditsLedger>('credits/ledger', { affiliates }, signal),
      post<CreditsMarket>('credits/market', { affiliates, foresight: state.text('foresight', 'perfect') }, signal),
    ]);
    return { ledger: book, market: prices };
  }, ({ ledger: book, market: prices }) => {
    const firms = [...new Set(book.companies.map((one) => one.company))];
    const names = firms.map((firm) => book.companies.find((one) => one.company === firm)?.name ?? firm);
    ledger.draw({
      title: say.ledgerTitle, note: book.title, file: 'minewheel-credit-ledger', height: () => px(330),
      option: (graphic) => linesOption(firms.map((firm, at): Line => ({ name: names[at] ?? firm, points: book.companies.filter((one) => one.company === firm).map((one) => [one.year, one.balance]) })), { x: say.year, y: say.ledgerUnit, integerX: true }, graphic),
      rows: [['company', 'year', 'nev balance', 'cafc credits', 'nev open', 'cafc open', 'status'], ...book.companies.map((one) => [one.name, one.year, one.balance, one.cafc_credits, one.nev_open, one.cafc_open, one.weakest_status])],
      json: book, source: `${t().battery.weakest}: ${statusText(book.weakest_status)}`, keys: carKeys(names),
    });
    const paths = [prices, ...prices.scenarios];
    const labels = paths.map((one) => say.scenarios[one.scenario as keyof typeof say.scenarios] ?? one.scenario);
    price.draw({
      title: say.priceTitle, note: say.priceNote, file: 'minewheel-credit-price', height: () => px(330),
      option: (graphic) => linesOption(paths.map((one, at): Line => ({ name: labels[at] ?? one.scenario, points: Object.entries(one.price_cny_per_credit).map(([year, cny]) => [Number(year), cny]) })), { x: say.year, y: 'CNY', integerX: true }, graphic),
      rows: [['scenario', 'year', 'CNY/credit'], ...paths.flatMap((one) => Object.entries(one.price_cny_per_credit).map(([year, cny]) => [one.scenario, Number(year), cny]))],
      json: paths.map(({ scenario, price_cny_per_credit }) => ({ scenario, price_cny_per_credit })), source: `${t().battery.weakest}: ${statusText(prices.weakest_status)}`, keys: carKeys(labels),
    });
    const named = (firm: string): string => book.companies.find((one) => one.company === firm)?.name ?? firm;
    replace(trades, h('h3', { text: say.tradesTitle }), table(say.tradesTitle, [
      { head: say.year, cell: (row) => String(row.year) },
      { head: say.seller, cell: (row) => named(row.seller) },
      { head: say.buyer, cell: (row) => named(row.buyer) },
      { head: say.credits, numeric: true, cell: (row) => number(row.credits) },
      { head: say.paid, numeric: true, cell: (row) => number(row.cny / CNY_PER_MILLION) },
    ], prices.trades));
    replace(totals, h('h3', { text: say.totalsTitle }), table(say.totalsTitle, [
      { head: say.year, cell: (row) => String(row.year) },
      { head: say.surplus, numeric: true, cell: (row) => number(row.nev_surplus) },
      { head: say.deficit, numeric: true, cell: (row) => number(row.nev_deficit) },
      { head: say.offered, numeric: true, cell: (row) => number(row.offered) },
      { head: say.need, numeric: true, cell: (row) => number(row.outside_need) },
      { head: say.ratio, numeric: true, cell: (row) => number(row.ratio) },
    ], book.totals));
  });
  const ask = (): void => {
    question.ask([car(), state.number('year', 2025)]);
    market.ask([state.optional('affiliates'), state.optional('foresight')]);
  };
  state.onChange(ask);
  ask();
  return { close: () => { question.stop(); market.stop(); for (const one of [years, cliffs, ledger, price]) one.close(); } };
};
