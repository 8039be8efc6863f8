// A server of the program under test and a browser, for the tests and the screenshots.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const BROWSER = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];

/** Starts `$MINEWHEEL serve --port 0` and waits for the address that it prints; `$MINEWHEEL_URL` takes a running one. */
export async function serve() {
  if (process.env.MINEWHEEL_URL) return { url: process.env.MINEWHEEL_URL.replace(/\/$/, ''), stop: () => undefined };
  const program = process.env.MINEWHEEL;
  if (!program) throw new Error('set MINEWHEEL to the path of the program, e.g. MINEWHEEL=../target/release/minewheel npm test');
  const child = spawn(program, ['serve', '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const url = await new Promise((resolve, reject) => {
    let said = '';
    const read = (chunk) => {
      said += chunk;
      const found = /http:\/\/[\w.[\]:]+:\d+/.exec(said);
      if (found) resolve(found[0]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
    child.on('error', reject);
  });
  return { url, stop: () => child.kill() };
}

export async function browse(options = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'minewheel-browser-'));
  const context = await chromium.launchPersistentContext(folder, { executablePath: BROWSER, args: FLAGS, headless: true, locale: 'en-GB', colorScheme: 'light', viewport: { width: 1280, height: 900 }, acceptDownloads: true, ...options });
  return {
    context,
    close: async () => {
      await context.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
