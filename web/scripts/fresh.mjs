// Fails when `dist/` is not what the sources give.
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './build.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const wanted = path.join(root, '.cache/fresh');
await bundle(wanted);
const files = async (folder) => (await readdir(folder, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile())
  .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
  .sort();
const [built, committed] = [await files(wanted), await files(path.join(root, 'dist')).catch(() => [])];
const stale = [...new Set([...built, ...committed])];
const differing = [];
for (const name of stale) {
  const [a, b] = await Promise.all([wanted, path.join(root, 'dist')].map((folder) => readFile(path.join(folder, name)).catch(() => null)));
  if (a === null || b === null || !a.equals(b)) differing.push(name);
}
if (differing.length > 0) {
  console.error(`dist/ is not what the sources give (${differing.join(', ')}): run \`npm run build\` and commit it`);
  process.exit(1);
}
console.log(`dist/ is fresh: ${built.length} files`);
