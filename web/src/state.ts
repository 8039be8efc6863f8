// The address holds the whole state: `#/compare?cars=a,b&country=CN`. A link or a reload gives the same view.

export interface Route {
  page: string;
  params: URLSearchParams;
}

export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  return { page: path || 'compare', params: new URLSearchParams(query) };
}

export function href(page: string, params: Record<string, string | number | undefined> = {}): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) if (value !== undefined && value !== '') query.set(key, String(value));
  const text = readable(query);
  return text ? `#/${page}?${text}` : `#/${page}`;
}

// Commas, colons, slashes and a second equals sign are legal in a fragment; links stay legible without their escapes.
function readable(query: URLSearchParams): string {
  return query.toString().replace(/%2C/gi, ',').replace(/%3A/gi, ':').replace(/%2F/gi, '/').replace(/%7E/gi, '~').replace(/%3D/gi, '=');
}

export class State {
  private listeners: Array<() => void> = [];

  constructor(private readonly page: string, private readonly params: URLSearchParams) {}

  text(key: string, fallback: string): string {
    return this.params.get(key) ?? fallback;
  }

  optional(key: string): string | undefined {
    return this.params.get(key) ?? undefined;
  }

  number(key: string, fallback: number): number {
    const value = Number(this.params.get(key));
    return this.params.has(key) && Number.isFinite(value) ? value : fallback;
  }

  flag(key: string): boolean {
    return this.params.get(key) === '1';
  }

  list(key: string, fallback: string[]): string[] {
    const value = this.params.get(key);
    return value === null ? fallback : value.split(',').filter((part) => part !== '');
  }

  /** Changes the address without a new history entry, and tells the page. */
  set(patch: Record<string, string | number | boolean | undefined>): void {
    for (const [key, value] of Object.entries(patch)) {
      if (value === undefined || value === '' || value === false) this.params.delete(key);
      else this.params.set(key, value === true ? '1' : String(value));
    }
    const text = readable(this.params);
    history.replaceState(null, '', text ? `#/${this.page}?${text}` : `#/${this.page}`);
    for (const listener of this.listeners) listener();
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }
}
