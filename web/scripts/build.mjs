// Bundles the app into a folder: `node scripts/build.mjs DIR`. The same sources give the same bytes.
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const fonts = [
  ['source-sans-3', 'source-sans-3-latin-wght-normal.woff2'],
  ['source-serif-4', 'source-serif-4-latin-wght-normal.woff2'],
];

export async function bundle(folder) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(path.join(folder, 'fonts'), { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: { app: 'src/main.ts', engine: 'src/charts/engine.ts', world: 'src/charts/world.ts', style: 'src/style.css' },
    outdir: folder,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    external: ['/fonts/*'],
    logLevel: 'warning',
  });
  for (const name of ['index.html', 'icon.svg']) await cp(path.join(root, 'src', name), path.join(folder, name));
  const licences = [];
  for (const [family, file] of fonts) {
    const home = path.join(root, 'node_modules/@fontsource-variable', family);
    await cp(path.join(home, 'files', file), path.join(folder, 'fonts', `${family}.woff2`));
    licences.push(`${family}\n\n${await readFile(path.join(home, 'LICENSE'), 'utf8')}`);
  }
  for (const name of ['echarts', 'zrender', 'world-atlas', 'topojson-client', 'd3-geo', 'd3-array', 'i18n-iso-countries']) {
    licences.push(`${name}\n\n${await readFile(path.join(root, 'node_modules', name, 'LICENSE'), 'utf8')}`);
  }
  await writeFile(path.join(folder, 'licences.txt'), licences.join('\n\n'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await bundle(path.resolve(process.argv[2] ?? path.join(root, 'dist')));
}
