import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from './ports.ts';

export interface UpstashVectorServer {
  readonly url: string;
  readonly token: string;
  /** How requests are answered from now on: as they should be, never, or as by a service that is overloaded. */
  behave(how: 'well' | 'hangs' | 'overloaded'): void;
  /** Requests that came, whatever became of them. */
  requests(): number;
  /** Vectors of all namespaces, those that ended included. */
  size(): number;
  close(): Promise<void>;
}

interface Row {
  readonly id: string;
  readonly vector: readonly number[];
  readonly metadata: Readonly<Record<string, string | number>>;
}

type Result = { readonly result: unknown } | { readonly error: string; readonly status: number };

/**
 * As much of Upstash Vector's REST API (https://upstash.com/docs/vector/api/endpoints) as the driver uses: `upsert`, `query`
 * and `delete` below a namespace, over an index whose metric is cosine and that has the dimensions of its first vector. Filters
 * are comparisons joined by AND.
 */
export async function startUpstashVectorServer(): Promise<UpstashVectorServer> {
  const token = 'vector-token';
  const namespaces = new Map<string, Map<string, Row>>();
  let dimensions: number | null = null;
  let how: Parameters<UpstashVectorServer['behave']>[0] = 'well';
  let requests = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    requests += 1;
    if (how === 'hangs') return;
    const result = how === 'overloaded' ? { error: 'Exceeded', status: 429 } : await resultOf(request);
    const status = 'status' in result ? result.status : 200;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(result));
  }

  async function resultOf(request: IncomingMessage): Promise<Result> {
    if (request.headers.authorization !== `Bearer ${token}`) return { error: 'Unauthorized', status: 401 };
    const [, operation, namespace = ''] = (request.url ?? '').split('/').map(decodeURIComponent);
    const body = JSON.parse(await textOf(request));
    const rows = namespaces.get(namespace) ?? new Map<string, Row>();
    namespaces.set(namespace, rows);
    switch (`${request.method} ${operation}`) {
      case 'POST upsert':
        return upsert(rows, body);
      case 'POST query':
        return query(rows, body);
      case 'DELETE delete':
        return remove(rows, body);
      default:
        return { error: 'Not found', status: 404 };
    }
  }

  function upsert(rows: Map<string, Row>, row: Row): Result {
    dimensions ??= row.vector.length;
    if (row.vector.length !== dimensions) return { error: 'Invalid vector dimension', status: 422 };
    rows.set(row.id, row);
    return { result: 'Success' };
  }

  function query(
    rows: Map<string, Row>,
    { vector, topK, filter }: { vector: number[]; topK: number; filter: string },
  ): Result {
    if (dimensions !== null && vector.length !== dimensions)
      return { error: 'Invalid vector dimension', status: 422 };
    const found = [...rows.values()]
      .filter((row) => matches(row, filter))
      .map(({ id, vector: stored, metadata }) => ({ id, score: (1 + cosine(vector, stored)) / 2, metadata }))
      .sort((a, b) => b.score - a.score);
    return { result: found.slice(0, topK) };
  }

  function remove(rows: Map<string, Row>, { ids, filter }: { ids?: string[]; filter?: string }): Result {
    const before = rows.size;
    for (const id of ids ?? []) rows.delete(id);
    for (const row of rows.values()) if (filter !== undefined && matches(row, filter)) rows.delete(row.id);
    return { result: { deleted: before - rows.size } };
  }

  const { url, close } = await listen(createServer((request, response) => void answer(request, response)));
  return {
    url,
    token,
    behave: (next) => {
      how = next;
    },
    requests: () => requests,
    size: () => [...namespaces.values()].reduce((sum, rows) => sum + rows.size, 0),
    close,
  };
}

/** `name = 'text' AND other > 5` */
function matches({ metadata }: Row, filter: string): boolean {
  return filter.split(' AND ').every((part) => {
    const [, name = '', operator = '', text, number] =
      /^(\w+) (=|>|<=) (?:'([^']*)'|(-?\d+))$/.exec(part) ?? [];
    if (operator === '') throw new Error(`not a filter: ${part}`);
    const value = metadata[name];
    if (operator === '=') return value === text;
    return operator === '>' ? Number(value) > Number(number) : Number(value) <= Number(number);
  });
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
  return dot / (Math.hypot(...a) * Math.hypot(...b));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
