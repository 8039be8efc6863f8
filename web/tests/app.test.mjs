// The app in a browser, against the program itself. Run by `MINEWHEEL=path npm test`.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import { browse, serve } from './server.mjs';

const PAGES = ['compare', 'explain', 'flow', 'battery', 'motor', 'supply', 'credits', 'rules', 'market', 'fleet', 'suppliers', 'cases', 'data'];
// limits are for a release build on a machine that does nothing else; a busy one may be given more
const SHELL_MS = Number(process.env.SHELL_MS ?? 1000);
const SLIDER_MS = Number(process.env.SLIDER_MS ?? 50);
const ANSWER_MS = Number(process.env.ANSWER_MS ?? 30_000);
const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let server;
let browser;
before(async () => {
  server = await serve();
  browser = await browse();
  // the first page of a new browser profile pays for the browser's own start
  await (await open('#/cases')).close();
});
after(async () => {
  await browser?.close();
  server?.stop();
});

async function open(hash, options = {}) {
  const context = options.context ?? browser.context;
  const page = await context.newPage();
  page.setDefaultTimeout(ANSWER_MS);
  page.faults = [];
  page.hosts = new Set();
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && page.faults.push(message.text()));
  page.on('pageerror', (error) => page.faults.push(String(error)));
  page.on('request', (request) => /^https?:/.test(request.url()) && page.hosts.add(new URL(request.url()).origin));
  const start = Date.now();
  await page.goto(`${server.url}/${hash}`);
  await page.waitForSelector('h1');
  page.shellMs = Date.now() - start;
  return page;
}

const drawn = (page) => page.waitForSelector('.canvas[data-ready] svg path, .case-words', { timeout: ANSWER_MS, state: 'attached' });
const ask = (page, route, body) => page.evaluate(async ([path, json]) => (await fetch(`/api/1/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) })).json(), [route, body]);
/** The figure of the app for a value: three digits. */
const three = (value) => new Intl.NumberFormat('en-GB', { maximumSignificantDigits: value >= 1000 ? 4 : 3 }).format(value).replace(/,/g, '\u202f');

describe('every page', () => {
  for (const name of PAGES) {
    test(`${name} opens within a second, draws, and says no error`, async (context) => {
      let page = await open(`#/${name}`);
      const times = [page.shellMs];
      for (let again = 0; again < 2 && Math.min(...times) >= SHELL_MS; again += 1) {
        await page.close();
        page = await open(`#/${name}`);
        times.push(page.shellMs);
      }
      context.diagnostic(`${name}: heading after ${Math.min(...times)} ms`);
      assert.ok(Math.min(...times) < SHELL_MS, `${name} took ${times} ms`);
      await drawn(page);
      await page.waitForFunction(() => document.querySelector('.notice .busy') === null, null, { timeout: ANSWER_MS });
      assert.equal(await page.locator('.failure').count(), 0, await page.locator('.failure').allInnerTexts().then(String));
      assert.deepEqual(page.faults, []);
      assert.deepEqual([...page.hosts], [new URL(server.url).origin]);
      await page.close();
    });

    test(`${name} has no serious fault of accessibility, in light and dark`, async () => {
      const page = await open(`#/${name}`);
      await drawn(page);
      await page.waitForTimeout(600);
      for (const scheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme: scheme });
        await page.waitForTimeout(100);
        const result = await page.evaluate(`${axeSource}; axe.run(document, { resultTypes: ['violations'] })`);
        const serious = result.violations.filter((one) => ['serious', 'critical'].includes(one.impact));
        assert.deepEqual(serious.map((one) => `${scheme}: ${one.id}: ${one.nodes.map((node) => node.target).slice(0, 3).join(' | ')}`), []);
      }
      await page.close();
    });

    test(`${name} fits 360 pixels and speaks Chinese`, async () => {
      const page = await open(`#/${name}`);
      await page.setViewportSize({ width: 360, height: 800 });
      await page.getByRole('button', { name: '中文' }).click();
      await drawn(page);
      assert.match(await page.locator('h1').innerText(), /[\u4e00-\u9fff]/);
      assert.equal(await page.evaluate(() => document.documentElement.lang), 'zh-Hans');
      const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
      assert.ok(inner <= outer, `${name} is ${inner} px wide in ${outer} px`);
      await page.evaluate(() => localStorage.clear());
      await page.close();
    });
  }
});

describe('compare', () => {
  const cars = ['wuling-mini-215', 'vw-id3-58', 'vw-golf-15tsi'];

  test('shows three cars at once with the figures of the API', async () => {
    const page = await open('#/compare');
    await drawn(page);
    const answer = await ask(page, 'assess', { cars, country: 'CN', year: 2025, no_interval: true });
    const said = await page.locator('.answer').innerText();
    for (const car of answer) assert.ok(said.includes(three(car.climate.total_g_per_km.value)), `${car.car} in: ${said}`);
    await page.close();
  });

  test('a control moves the address, the picture and the figures', async () => {
    const page = await open('#/compare');
    await drawn(page);
    const picture = () => page.locator('.canvas svg').first().innerHTML();
    const before = await picture();
    await page.getByLabel('Driven in').selectOption('NO');
    await page.waitForFunction((text) => document.querySelector('.canvas svg').innerHTML !== text && document.querySelector('.answer').innerText.includes('Norway'), before, { timeout: ANSWER_MS });
    assert.match(page.url(), /country=NO/);
    const answer = await ask(page, 'assess', { cars, country: 'NO', year: 2025, no_interval: true });
    assert.ok((await page.locator('.answer').innerText()).includes(three(answer[1].climate.total_g_per_km.value)));
    await page.close();
  });

  test('the interval follows the best estimate and is that of the API', async () => {
    const page = await open('#/compare?cars=vw-id3-58&country=DE');
    await page.waitForSelector('.results[data-interval]', { timeout: ANSWER_MS });
    const [car] = await ask(page, 'assess', { cars: ['vw-id3-58'], country: 'DE', year: 2025 });
    const { value, p5, p95 } = car.climate.total_g_per_km;
    const table = await page.locator('.facts').innerText();
    assert.ok(table.includes(`${three(value)} [${three(p5)}–${three(p95)}]`), table);
    await page.close();
  });

  test('an edited design follows its sliders and is kept by link, reload and saved file', async () => {
    const page = await open('#/compare?cars=vw-id3-58,vw-id3-58&edit=1');
    await drawn(page);
    const slider = page.locator('.editor input[type=range]').first();
    await slider.focus();
    for (let step = 0; step < 10; step += 1) await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => location.hash.includes('battery.gross_energy_kwh=72'));
    await page.waitForFunction(() => /edited/.test(document.querySelector('.answer').innerText), null, { timeout: ANSWER_MS });
    await page.waitForSelector('.results[data-interval*="=72"]', { timeout: ANSWER_MS });
    const said = await page.locator('.answer').innerText();
    await page.reload();
    await page.waitForSelector('.results[data-interval*="=72"]', { timeout: ANSWER_MS });
    assert.equal(await page.locator('.answer').innerText(), said);
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: /^Save: .*edited/ }).click()]);
    const toml = await readFile(await download.path(), 'utf8');
    assert.match(toml, /gross_energy_kwh = 72/);
    const answer = await ask(page, 'assess', { cars: ['vw-id3-58', { toml }], country: 'CN', year: 2025, no_interval: true });
    assert.ok(said.includes(three(answer[1].climate.total_g_per_km.value)), said);
    await page.close();
  });

  test('a car file is opened and compared', async () => {
    const page = await open('#/compare?cars=vw-id3-58');
    await drawn(page);
    const toml = await readFile(new URL('../../examples/cars/minimal-bev.toml', import.meta.url), 'utf8');
    await page.locator('input[type=file]').setInputFiles({ name: 'my.toml', mimeType: 'text/plain', buffer: Buffer.from(toml) });
    await page.waitForFunction(() => document.querySelectorAll('.car').length === 2 && document.querySelector('.answer').innerText.includes(','), null, { timeout: ANSWER_MS });
    assert.match(page.url(), /file:/);
    await page.close();
  });

  test('every export gives a file', async () => {
    const page = await open('#/compare');
    await page.waitForSelector('.results[data-interval]', { timeout: ANSWER_MS });
    const figure = page.locator('figure').first();
    for (const [kind, starts] of [['PNG', '\u0089PNG'], ['SVG', '<svg'], ['CSV', 'Car,'], ['JSON', '[']]) {
      const [download] = await Promise.all([page.waitForEvent('download'), figure.getByRole('button', { name: `Save as ${kind}` }).click()]);
      const bytes = await readFile(await download.path());
      assert.ok(bytes.toString('latin1').startsWith(starts), `${kind}: ${bytes.subarray(0, 12)}`);
      assert.ok(bytes.length > 200, kind);
      if (kind === 'SVG') assert.equal(await page.evaluate((text) => new DOMParser().parseFromString(text, 'image/svg+xml').querySelector('parsererror')?.textContent ?? '', bytes.toString('utf8')), '');
    }
    await page.close();
  });

  test('a year without data is refused in the words of the model', async () => {
    const page = await open('#/compare?cars=vw-id3-58&year=2049&country=CN');
    await page.goto(`${server.url}/#/compare?cars=vw-id3-58&country=XX`);
    await page.waitForSelector('.failure-message', { timeout: ANSWER_MS });
    assert.match(await page.locator('.failure-message').innerText(), /XX/);
    assert.ok((await page.locator('.failure-help').innerText()).length > 10);
    await page.close();
  });
});

describe('controls', () => {
  const moves = [
    ['explain', 'Figure', 'cost', 'of=cost'], ['flow', 'Flow of', 'energy', 'of=energy'], ['battery', 'Chemistry', 'nmc811', 'chemistry=nmc811'], ['motor', 'Kind', 'induction', 'topology=induction'],
    ['supply', 'What', 'lithium', 'of=lithium'], ['credits', 'What firms know of later years', 'none', 'foresight=none'], ['rules', 'Rule set', 'miit-battery-2024', 'set=miit-battery-2024'],
    ['market', 'From', '2021', 'from=2021'], ['fleet', 'How long cars last', 'germany', 'survival=germany'], ['suppliers', 'Plan without', 's101', 'without=s101'], ['data', 'Status', 'derived', 'status=derived'],
  ];
  for (const [name, label, value, address] of moves) {
    test(`${name}: ${label} changes the page, and the link brings it back`, async () => {
      const page = await open(`#/${name}`);
      await drawn(page);
      await page.waitForFunction(() => document.querySelector('.notice .busy') === null, null, { timeout: ANSWER_MS });
      const seen = () => page.evaluate(() => document.querySelector('.results').innerText + [...document.querySelectorAll('.canvas svg')].map((svg) => svg.textContent).join());
      const before = await seen();
      await page.getByLabel(label, { exact: true }).first().selectOption(value);
      assert.ok(page.url().includes(address), page.url());
      await page.waitForFunction((old) => document.querySelector('.results').innerText + [...document.querySelectorAll('.canvas svg')].map((svg) => svg.textContent).join() !== old, before, { timeout: ANSWER_MS });
      await page.reload();
      await drawn(page);
      assert.equal(await page.getByLabel(label, { exact: true }).first().inputValue(), value);
      await page.close();
    });
  }
});

describe('sliders', () => {
  const STEPS = 8;
  // each slider is moved by keys; the answer is timed by the browser, from the request to its last byte
  const sliders = [
    ['#/compare?cars=vw-id3-58,vw-golf-15tsi', 'Year of making'], ['#/compare?cars=vw-id3-58,vw-golf-15tsi', 'Distance over life'],
    ['#/compare?cars=vw-id3-58', 'Battery'], ['#/compare?cars=vw-id3-58', 'Recycled aluminium'],
  ];
  for (const [hash, label] of sliders) {
    test(`compare: ${label} is answered within ${SLIDER_MS} ms in the median`, async (context) => {
      const page = await open(hash);
      await page.waitForSelector('.results[data-interval]', { timeout: ANSWER_MS });
      if (label === 'Battery' || label === 'Recycled aluminium') await page.getByRole('button', { name: /^Edit: / }).first().click();
      const slider = page.getByLabel(label, { exact: true }).first();
      await slider.focus();
      // the first step prepares what later ones share
      const times = [];
      for (let step = 0; step <= STEPS; step += 1) {
        const [request] = await Promise.all([
          page.waitForEvent('requestfinished', { predicate: (one) => /\/api\/1\/assess$/.test(one.url()) && one.postDataJSON().no_interval === true, timeout: ANSWER_MS }),
          page.keyboard.press('ArrowRight'),
        ]);
        const { requestStart, responseEnd } = request.timing();
        times.push(responseEnd - requestStart);
      }
      const later = times.slice(1).sort((a, b) => a - b);
      const middle = later[Math.floor(later.length / 2)];
      context.diagnostic(`${label}: first ${times[0].toFixed(0)} ms, then median ${middle.toFixed(0)} ms, largest ${later.at(-1).toFixed(0)} ms`);
      assert.ok(middle <= SLIDER_MS, `${label}: ${times.map((time) => time.toFixed(0))} ms`);
      await page.close();
    });
  }
});

describe('flow', () => {
  test('shows the origin of a metal on the map, tier by tier, as the API has it', async () => {
    const page = await open('#/flow?of=nickel');
    const map = page.locator('figure', { has: page.getByRole('heading', { name: /Nickel, mining/ }) });
    await map.locator('.canvas svg path').first().waitFor();
    const [car] = await ask(page, 'assess', { cars: ['vw-id3-58'], country: 'CN', year: 2025, no_interval: true });
    const words = (figure) => figure.locator('.canvas svg').evaluate((svg) => svg.textContent);
    const percent = (share) => new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 2 }).format(share * 100);
    assert.ok((await words(map)).includes(`Indonesia ${percent(car.origin['nickel/mining'].ID)}`), await words(map));
    await page.locator('.map-tier label', { hasText: 'refining' }).click();
    const refining = page.locator('figure', { has: page.getByRole('heading', { name: /Nickel, refining/ }) });
    await refining.locator('.canvas svg path').first().waitFor();
    assert.match(page.url(), /tier=refining/);
    assert.ok((await words(refining)).includes(`China ${percent(car.origin['nickel/refining'].CN)}`), await words(refining));
    const [download] = await Promise.all([page.waitForEvent('download'), refining.getByRole('button', { name: 'Save as PNG' }).click()]);
    assert.equal(download.suggestedFilename(), 'minewheel-map-nickel-refining.png');
    // the keyboard goes back and keeps its place
    await page.locator('.map-tier input:checked').focus();
    await page.keyboard.press('ArrowLeft');
    await map.waitFor();
    assert.ok(await page.evaluate(() => document.querySelector('.map-tier').contains(document.activeElement)));
    assert.ok((await readFile(await download.path())).length > 20_000);
    assert.deepEqual(page.faults, []);
    await page.close();
  });
});

describe('suppliers', () => {
  const chain = async (page) => (await ask(page, 'suppliers/synthesise', { car: 'vw-id3-58', count: 220, seed: 1 })).files;
  const planned = (page, text) => page.waitForFunction((wanted) => document.querySelector('.answer.small')?.innerText.includes(wanted), text, { timeout: ANSWER_MS });

  test('the made-up chain is declared and has the figures of the API', async () => {
    const page = await open('#/suppliers');
    await drawn(page);
    const files = await chain(page);
    const [sum, plan, status] = [await ask(page, 'suppliers/rollup', { folder: { files } }), await ask(page, 'suppliers/plan', { folder: { files } }), await ask(page, 'suppliers/status', { folder: { files } })];
    await planned(page, String(plan.decisions.length));
    assert.match(await page.locator('.caution').innerText(), /Made up/);
    assert.ok((await page.locator('.figures').first().innerText()).includes(three(sum.production_kg)));
    assert.ok((await page.locator('.answer.small').innerText()).includes(three(plan.abated_kg / 1000)));
    await page.waitForFunction((count) => [...document.querySelectorAll('.canvas svg')].some((svg) => svg.textContent.includes(count)), String(status.requests['not-asked']), { timeout: ANSWER_MS });
    await page.close();
  });

  test('the budget changes the plan as it does on the command line', async () => {
    const page = await open('#/suppliers?budget=1');
    await drawn(page);
    const plan = await ask(page, 'suppliers/plan', { folder: { files: await chain(page) }, budget: 1e6 });
    await planned(page, String(plan.decisions.length));
    assert.equal(await page.getByLabel('Budget a year', { exact: true }).inputValue(), '1');
    await page.close();
  });

  test('files of the user take the place of the made-up chain, and stay after a reload', async () => {
    const page = await open('#/suppliers');
    await drawn(page);
    const folder = new URL('../../examples/12_green_chain/chain/', import.meta.url);
    const file = async (name) => ({ name, mimeType: 'text/plain', buffer: await readFile(new URL(name, folder)) });
    const programme = await file('programme.toml');
    programme.buffer = Buffer.from(programme.buffer.toString('utf8').replace('is_synthetic = true', 'is_synthetic = false').replace('cars_per_year = 200000', 'cars_per_year = 1000'));
    const chosen = [programme, ...(await Promise.all(['suppliers.csv', 'supplies.csv', 'measures.csv'].map(file)))];
    const files = Object.fromEntries(chosen.map(({ name, buffer }) => [name, buffer.toString('utf8')]));
    const sum = await ask(page, 'suppliers/rollup', { folder: { files } });
    await page.locator('input[type=file]').setInputFiles(chosen);
    const shown = (text) => page.waitForFunction((wanted) => document.querySelector('.figures')?.innerText.includes(wanted) && document.querySelector('.caution').hidden, text, { timeout: ANSWER_MS });
    await shown(three(sum.production_kg));
    await page.reload();
    await shown(three(sum.production_kg));
    await page.getByRole('button', { name: 'Back to the made-up chain' }).click();
    await page.waitForFunction(() => !document.querySelector('.caution').hidden, null, { timeout: ANSWER_MS });
    await page.evaluate(() => localStorage.clear());
    await page.close();
  });

  test('a fault in a file is named with its line', async () => {
    const page = await open('#/suppliers');
    await drawn(page);
    await page.locator('.file-list summary', { hasText: 'suppliers.csv' }).click();
    const area = page.getByLabel('suppliers.csv', { exact: true });
    await area.fill((await area.inputValue()).replace(',CN,', ',CNN,'));
    await area.blur();
    await page.waitForSelector('.failure-message', { timeout: ANSWER_MS });
    assert.match(await page.locator('.failure-message').first().innerText(), /suppliers\.csv:\d+: `place` is `CNN`/);
    await page.evaluate(() => localStorage.clear());
    await page.close();
  });
});

describe('data', () => {
  test('rows come before the counts of all tables, a page at a time', async (context) => {
    const page = await open('#/data');
    await page.waitForSelector('.results tbody tr');
    context.diagnostic(`first rows after ${Math.round(await page.evaluate(() => performance.now()))} ms`);
    assert.ok((await page.locator('.results .facts tbody tr').count()) <= 50);
    await page.getByRole('button', { name: 'Next' }).click();
    await page.waitForFunction(() => document.querySelector('.results .facts').innerText.includes('51 to 100'), null, { timeout: ANSWER_MS });
    assert.match(page.url(), /offset=50/);
    await page.close();
  });
});

describe('from a bar to a row', () => {
  test('a figure of the table leads to its branch and to rows with a source', async () => {
    const page = await open('#/compare?cars=vw-id3-58');
    await drawn(page);
    await page.locator('figure').first().locator('summary').click();
    await page.getByRole('link', { name: /^Explain: .*, Battery$/ }).click();
    await page.waitForSelector('.branch', { timeout: ANSWER_MS });
    assert.match(page.url(), /explain.*group=battery/);
    const evidence = page.locator('.evidence summary').first();
    for (let depth = 0; depth < 6 && !(await evidence.isVisible().catch(() => false)); depth += 1) {
      await page.locator('.branch:not([open]) > summary').filter({ visible: true }).first().click();
    }
    await evidence.click();
    assert.match(await page.locator('.evidence table').first().innerText(), /\.csv:\d+/);
    await page.close();
  });

  test('links of other pages restore their view', async () => {
    for (const [hash, text] of [['#/battery?chemistry=nmc811&energy=80', 'NMC811, 80'], ['#/flow?of=lithium', 'Lithium'], ['#/supply?of=graphite', 'Graphite'], ['#/credits?car=wuling-mini-120&year=2024', '2024']]) {
      const page = await open(hash);
      await drawn(page);
      await page.waitForFunction((wanted) => document.querySelector('main').innerText.includes(wanted), text, { timeout: ANSWER_MS });
      await page.reload();
      await drawn(page);
      await page.waitForFunction((wanted) => document.querySelector('main').innerText.includes(wanted), text, { timeout: ANSWER_MS });
      await page.close();
    }
  });

  test('the keyboard reaches the page, the navigation and the controls', async () => {
    const page = await open('#/compare');
    await drawn(page);
    await page.keyboard.press('Tab');
    assert.match(await page.evaluate(() => document.activeElement.className), /skip/);
    const seen = new Set();
    for (let step = 0; step < 40; step += 1) {
      await page.keyboard.press('Tab');
      seen.add(await page.evaluate(() => `${document.activeElement.tagName}:${document.activeElement.getAttribute('type') ?? ''}`));
    }
    for (const wanted of ['A:', 'BUTTON:button', 'INPUT:range', 'SELECT:']) assert.ok(seen.has(wanted), `${wanted} in ${[...seen]}`);
    await page.close();
  });
});
