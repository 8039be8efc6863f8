// Edits single keys of a car file as text, so that everything else in it stays as its author wrote it.

const HEADER = /^\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(#.*)?$/;

function keyOf(line: string): string | null {
  const match = /^\s*([A-Za-z0-9_-]+|"[^"]+")\s*=/.exec(line);
  return match?.[1]?.replace(/"/g, '') ?? null;
}

/** Line span [from, to) of a table's body; the first of an array of tables. */
function span(lines: string[], table: string): [number, number] | null {
  const start = lines.findIndex((line) => HEADER.exec(line)?.[1] === table);
  if (start < 0) return null;
  let end = start + 1;
  while (end < lines.length && !HEADER.test(lines[end] ?? '')) end += 1;
  return [start + 1, end];
}

function split(path: string): [string, string] {
  const at = path.lastIndexOf('.');
  return [path.slice(0, at), path.slice(at + 1)];
}

export function readKey(toml: string, path: string): string | null {
  const [table, key] = split(path);
  const lines = toml.split('\n');
  const where = span(lines, table);
  if (!where) return null;
  const line = lines.slice(...where).find((text) => keyOf(text) === key);
  const raw = line?.slice(line.indexOf('=') + 1).trim() ?? null;
  if (raw === null) return null;
  const quoted = /^"([^"]*)"/.exec(raw);
  return quoted ? (quoted[1] ?? '') : raw.replace(/\s+#.*$/, '');
}

export function removeKey(toml: string, path: string): string {
  const [table, key] = split(path);
  const lines = toml.split('\n');
  const where = span(lines, table);
  if (!where) return toml;
  return lines.filter((line, at) => at < where[0] || at >= where[1] || keyOf(line) !== key).join('\n');
}

export function setKey(toml: string, path: string, literal: string): string {
  const [table, key] = split(path);
  const without = removeKey(toml, path).split('\n');
  const name = /^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key);
  const where = span(without, table);
  if (where) without.splice(where[0], 0, `${name} = ${literal}`);
  else without.push(`[${table}]`, `${name} = ${literal}`, '');
  return without.join('\n');
}
