// What was built, sold, registered and charged, with the definition of each series, and when owning becomes cheaper.
import { post } from '../api/client';
import type { MarketAnswer, MarketLine, TcoCountry } from '../api/market';
import { linesOption, type Line } from '../charts/lines';
import { px } from '../charts/theme';
import { carArgument, parseChoice } from '../car/choice';
import { placeName, t } from '../i18n';
import { href } from '../state';
import { section, segmented, select } from '../ui/controls';
import { h, replace } from '../ui/dom';
import { figure } from '../ui/figure';
import { number, percent } from '../ui/format';
import { carKeys } from '../ui/legend';
import { notice } from '../ui/notice';
import { Question } from '../ui/question';
import { placeChoices } from '../ui/scenario';
import { statusMark, statusText } from '../ui/status';
import { table } from '../ui/table';
import { carLabel, carPicker } from './compare/cars';
import { layout } from './layout';
import type { Mount } from './page';

const MOST_LINES = 6;
const TCO_COUNTRIES = ['CN', 'DE', 'US', 'NO', 'IN'];

/** The middle of a period as a number on the axis: 2023, 2023-H1, 2023-Q2, 2023-05. */
function periodAt(period: string): number {
  const year = Number(period.slice(0, 4));
  const rest = period.slice(5);
  if (rest === '') return year;
  if (rest.startsWith('H')) return year + (Number(rest.slice(1)) - 1) / 2;
  if (rest.startsWith('Q')) return year + (Number(rest.slice(1)) - 1) / 4;
  return year + (Number(rest) - 1) / 12;
}

export const market: Mount = ({ state, info, root }) => {
  const say = t().market;
  const { controls, results, note } = layout(root, say.title, say.lead);
  const indicatorBox = h('div', {});
  const picture = figure();
  const definitions = h('div', { class: 'facts' });
  const gaps = h('div', { class: 'facts' });
  const tcoHead = h('h2', { class: 'rule-head', text: say.tcoTitle });
  const side = notice();
  const tco = figure();
  const tcoName = h('p', { class: 'picked' });
  results.append(picture.element, definitions, gaps, tcoHead, side.element, tco.element);
  const place = (): string => state.text('place', 'CN');
  const chosen = (): string[] => state.list('series', ['nev-wholesale', 'nev-registrations', 'nev-exports']);
  const years = Array.from({ length: 11 }, (_, at) => String(2015 + at)).map((year) => ({ value: year, label: year }));
  const battery = (): string => state.text('battery', 'vw-id3-58');
  const fuel = (): string => state.text('fuel', 'vw-golf-15tsi');
  controls.append(
    section(say.subject,
      select(say.place, placeChoices(info, () => true), place(), (value) => state.set({ place: value, series: undefined })),
      h('div', { class: 'two' }, select(say.from, years, state.text('from', '2018'), (from) => state.set({ from })), select(say.to, years, state.text('to', '2025'), (to) => state.set({ to }))),
      segmented(say.by, [{ value: 'year', label: say.year }, { value: 'half', label: say.half }], state.text('by', 'year'), (by) => state.set({ by })), indicatorBox),
    section(say.tcoTitle, tcoName, carPicker({ ...info, cars: info.cars.filter((one) => one.powertrain === 'bev') }, say.batteryCar, (id) => state.set({ battery: id })), carPicker({ ...info, cars: info.cars.filter((one) => one.powertrain !== 'bev') }, say.fuelCar, (id) => state.set({ fuel: id }))));

  const question = new Question<MarketAnswer>(note, (signal) => post('market', { place: place(), from: state.text('from', '2018'), to: state.text('to', '2025'), by: state.text('by', 'year') }, signal), (answer) => {
    const own = answer.lines.filter((line) => line.holder === '');
    const kinds = [...new Set(own.map((line) => line.indicator))];
    const first = (id: string): MarketLine | undefined => own.find((line) => line.indicator === id);
    const picked = chosen().filter((id) => kinds.includes(id));
    const shown = picked.length > 0 ? picked : kinds.slice(0, 1);
    const unit = first(shown[0] ?? '')?.unit ?? '';
    const drawn = shown.filter((id) => first(id)?.unit === unit);
    replace(indicatorBox, h('fieldset', { class: 'field' }, h('legend', { text: say.series }), kinds.map((id) => {
      const input = h('input', { id: `series-${id}`, attrs: { type: 'checkbox' } });
      input.checked = drawn.includes(id);
      input.disabled = !input.checked && drawn.length >= MOST_LINES;
      input.addEventListener('change', () => {
        const others = drawn.filter((one) => one !== id && first(one)?.unit === first(id)?.unit);
        state.set({ series: (input.checked ? [...others, id] : drawn.filter((one) => one !== id)).join(',') || undefined });
      });
      return h('div', { class: 'field check' }, input, h('label', { text: say.indicators[id as keyof typeof say.indicators] ?? first(id)?.title ?? id, attrs: { for: `series-${id}` } }));
    })));
    if (drawn.length === 0) picture.empty(say.title, t().notice.none);
    else {
      const label = (id: string): string => say.indicators[id as keyof typeof say.indicators] ?? first(id)?.title ?? id;
      const lines = drawn.map((id): Line => {
        const points = own.filter((line) => line.indicator === id).sort((a, b) => periodAt(a.period) - periodAt(b.period));
        return { name: label(id), points: points.map((line) => [periodAt(line.period), line.value]), foot: (at) => { const line = points[at]; return line ? `${line.period} ± ${number(line.rounding)} · ${statusText(line.status)} · ${line.sources.join(', ')}` : ''; } };
      });
      picture.draw({
        title: `${placeName(answer.place)}, ${answer.span.replace('..', '–')}`, note: say.note, file: 'minewheel-market', height: () => px(380),
        option: (graphic) => linesOption(lines, { x: say.year, y: say.units[unit as keyof typeof say.units] ?? unit, integerX: true }, graphic),
        rows: [['period', 'indicator', 'value', 'unit', 'rounding', 'growth', 'status', 'sources'], ...own.map((line) => [line.period, line.indicator, line.value, line.unit, line.rounding, line.growth, line.status, line.sources.join(' ')])],
        json: answer, source: `${t().data.source}: ${[...new Set(own.filter((line) => drawn.includes(line.indicator)).flatMap((line) => line.sources))].join(', ')}`, keys: carKeys(drawn.map(label)),
      });
    }
    replace(definitions, h('h3', { text: say.definitions }), table<string>(say.definitions, [
      { head: say.series, cell: (id) => say.indicators[id as keyof typeof say.indicators] ?? first(id)?.title ?? id },
      { head: say.counts, cell: (id) => first(id)?.counts ?? '' },
      { head: say.exports, cell: (id) => first(id)?.exports ?? '' },
      { head: say.last, numeric: true, cell: (id) => { const line = own.filter((one) => one.indicator === id).at(-1); return line ? `${number(line.value)} ${say.units[line.unit as keyof typeof say.units] ?? line.unit.replace(/^1$/, '')} (${line.period})`.replace('  ', ' ') : '–'; } },
      { head: t().data.status, cell: (id) => { const line = own.filter((one) => one.indicator === id).at(-1); return line ? statusMark(line.status) : ''; } },
      { head: t().data.source, cell: (id) => [...new Set(own.filter((one) => one.indicator === id).flatMap((one) => one.sources))].slice(0, 3).map((source, at) => [at > 0 ? ', ' : '', h('a', { text: source, attrs: { href: href('data', { tab: 'sources', text: source }) } })]) },
    ], kinds));
    replace(gaps, answer.gaps.length > 0 ? [h('h3', { text: say.gaps }), table(say.gaps, [
      { head: say.period, cell: (gap) => gap.period.replace('..', '–') },
      { head: say.difference, numeric: true, cell: (gap) => `${number(gap.difference)} ± ${number(gap.rounding)}` },
      { head: say.share, numeric: true, cell: (gap) => percent(gap.share) },
      { head: say.means, cell: (gap) => gap.words },
      { head: t().data.status, cell: (gap) => statusMark(gap.status) },
    ], answer.gaps)] : null);
  });

  const owning = new Question<TcoCountry[]>(side, async (signal) => {
    const [a, b] = await Promise.all([carArgument(parseChoice(battery())), carArgument(parseChoice(fuel()))]);
    const answer = await post<TcoCountry[] | { countries: TcoCountry[] }>('tco', { battery: a, fuel: b, countries: TCO_COUNTRIES.join(',') }, signal);
    return Array.isArray(answer) ? answer : answer.countries;
  }, (answer) => {
    const names = [carLabel(info, parseChoice(battery())), carLabel(info, parseChoice(fuel()))];
    tcoName.textContent = names.join(' – ');
    tco.draw({
      title: say.tcoPicture(names[0] ?? '', names[1] ?? ''), note: answer.map((one) => `${placeName(one.country)}: ${one.ownership_parity === null ? say.noParity : say.parity(String(one.ownership_parity))}`).join(' · '),
      file: 'minewheel-tco', height: () => px(360),
      option: (graphic) => linesOption(answer.map((one): Line => ({ name: placeName(one.country), points: one.years.map((year) => [year.year, (year.battery_usd_per_km - year.fuel_usd_per_km) * 100]) })), { x: say.year, y: say.tcoUnit, integerX: true }, graphic),
      rows: [['country', 'year', 'battery USD/km', 'fuel USD/km'], ...answer.flatMap((one) => one.years.map((year) => [one.country, year.year, year.battery_usd_per_km, year.fuel_usd_per_km]))],
      json: answer, source: say.tcoSource, keys: carKeys(answer.map((one) => placeName(one.country))),
    });
  });
  const ask = (): void => {
    question.ask([place(), state.optional('from'), state.optional('to'), state.optional('by')]);
    owning.ask([battery(), fuel()]);
  };
  state.onChange(ask);
  ask();
  return { close: () => { question.stop(); owning.stop(); picture.close(); tco.close(); } };
};
