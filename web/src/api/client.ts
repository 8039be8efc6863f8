// The API below `/api/1/`: bodies carry the command line's long options with `_` for `-`, answers are its JSON.

const BASE = '/api/1/';

export class ApiError extends Error {
  constructor(readonly code: string, message: string, readonly help: string) {
    super(message);
  }
}

export type Body = Record<string, unknown>;

async function answer<T>(response: Response): Promise<T> {
  if (response.ok) return (await response.json()) as T;
  const text = await response.text();
  let code = `http::${response.status}`;
  let message = text.slice(0, 400) || response.statusText;
  let help = '';
  try {
    const problem = JSON.parse(text) as { code?: string; message?: string; help?: string };
    code = problem.code ?? code;
    message = problem.message ?? message;
    help = problem.help ?? '';
  } catch {
    // not JSON: the text itself is shown
  }
  throw new ApiError(code, message, help);
}

export async function post<T>(route: string, body: Body, signal?: AbortSignal): Promise<T> {
  const response = await fetch(BASE + route, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });
  return answer<T>(response);
}

export async function get<T>(route: string, query: Record<string, string | number | undefined> = {}, signal?: AbortSignal): Promise<T> {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined && value !== '') params.set(key, String(value));
  const text = params.toString();
  return answer<T>(await fetch(BASE + route + (text ? `?${text}` : ''), signal ? { signal } : {}));
}

export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** Runs one request at a time: a newer call ends the older one. */
export class Latest {
  private controller: AbortController | null = null;

  async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.controller?.abort();
    const controller = new AbortController();
    this.controller = controller;
    return work(controller.signal);
  }

  stop(): void {
    this.controller?.abort();
  }
}
