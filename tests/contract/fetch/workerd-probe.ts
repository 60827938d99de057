import { createEdgeFetch } from '../../../adapters/edge/fetch.ts';
import type { StreamTap } from '../../../src/ports/fetch.ts';

/** What the probe is to do with an upstream. */
export interface ProbeTask {
  readonly url: string;
  readonly body?: string;
  /** `pass`: the probe answers with the upstream's stream. `cancel`, `abort`: after the first chunk. */
  readonly read: 'collect' | 'stream' | 'tap' | 'discard' | 'cancel' | 'abort' | 'pass';
  readonly maxBytes?: number;
  /** Aborts so long after the call went out. */
  readonly abortAfterMs?: number;
}

/** What came of it. */
export interface ProbeResult {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text: string;
  /** The kind of the `UpstreamFault`, or what else was thrown. */
  readonly fault?: string;
  readonly told: readonly string[];
}

const upstreamFetch = createEdgeFetch();

/** A Worker that calls upstreams through the driver, where the driver is at home. */
export default {
  async fetch(request: Request): Promise<Response> {
    return probe((await request.json()) as ProbeTask);
  },
};

async function probe(task: ProbeTask): Promise<Response> {
  const gone = new AbortController();
  const told: string[] = [];
  const seen: { status?: number; headers?: Record<string, string>; text: string } = { text: '' };
  if (task.abortAfterMs !== undefined) setTimeout(() => gone.abort(), task.abortAfterMs);
  try {
    const reply = await upstreamFetch({
      url: task.url,
      method: task.body === undefined ? 'GET' : 'POST',
      headers: {},
      body: task.body ?? null,
      signal: gone.signal,
    });
    seen.status = reply.status;
    seen.headers = {};
    const { headers } = seen;
    reply.headers.forEach((value, name) => {
      headers[name] = value;
    });
    if (task.read === 'pass')
      return new Response(reply.stream(), { headers: { 'content-type': 'text/event-stream' } });
    if (task.read === 'discard') reply.discard();
    else if (task.read === 'collect')
      seen.text = new TextDecoder().decode(await reply.collect(task.maxBytes ?? 1e7));
    else await read(reply.stream(task.read === 'tap' ? spy(told) : undefined), task, gone, seen);
    return Response.json({ ...seen, told });
  } catch (error) {
    return Response.json({ ...seen, told, fault: nameOf(error) });
  }
}

async function read(
  stream: ReadableStream<Uint8Array>,
  task: ProbeTask,
  gone: AbortController,
  seen: { text: string },
): Promise<void> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    seen.text += decoder.decode(value, { stream: true });
    if (task.read === 'cancel') return reader.cancel();
    if (task.read === 'abort') gone.abort();
  }
}

function spy(told: string[]): StreamTap {
  return {
    chunk: (bytes) => bytes,
    end() {
      told.push('end');
      return null;
    },
    fail(fault) {
      told.push(`fail ${nameOf(fault)}`);
      return new TextEncoder().encode(' broken');
    },
    cancel: () => void told.push('cancel'),
    waiting() {},
  };
}

function nameOf(error: unknown): string {
  return error instanceof Error && 'kind' in error ? String(error.kind) : `not a fault: ${String(error)}`;
}
