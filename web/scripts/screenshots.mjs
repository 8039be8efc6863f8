// Writes the pictures of the README: `MINEWHEEL=path npm run screenshots`.
import { mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { browse, serve } from '../tests/server.mjs';

const MOST_BYTES = 150_000;
const folder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../docs/images');
const pictures = [
  { file: 'compare.png', hash: '#/compare', ready: '.results[data-interval]', height: 740 },
  { file: 'explain.png', hash: '#/explain?car=vw-id3-58&group=battery', ready: '.branch', height: 740 },
];

await mkdir(folder, { recursive: true });
const server = await serve();
const browser = await browse();
try {
  for (const { file, hash, ready, height } of pictures) {
    const page = await browser.context.newPage();
    await page.setViewportSize({ width: 1120, height });
    await page.goto(`${server.url}/${hash}`);
    await page.waitForSelector(ready, { timeout: 60_000 });
    await page.waitForTimeout(1200);
    const target = path.join(folder, file);
    await page.screenshot({ path: target });
    const { size } = await stat(target);
    if (size > MOST_BYTES) throw new Error(`${file} has ${size} bytes, more than ${MOST_BYTES}`);
    console.log(`${file}: ${size} bytes`);
    await page.close();
  }
} finally {
  await browser.close();
  server.stop();
}
