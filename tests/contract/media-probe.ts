import { createEdgeMedia } from '../../adapters/edge/media.ts';

/** What the probe is to fetch, from servers that listen on the loopback address. */
export interface MediaTask {
  readonly url: string;
  readonly maxBytes: number;
  readonly timeoutMs: number;
  readonly port: number;
  /** Gives up so long after the start. */
  readonly abortAfterMs?: number;
}

/** A Worker that fetches media through the driver, where the driver is at home. */
export default {
  async fetch(request: Request): Promise<Response> {
    const { url, maxBytes, timeoutMs, port, abortAfterMs } = (await request.json()) as MediaTask;
    const isPublic = (address: string) => address === '127.0.0.1';
    const fetchMedia = createEdgeMedia({ timeoutMs, isPublic, ports: [80, port] });
    const gone = new AbortController();
    if (abortAfterMs !== undefined) setTimeout(() => gone.abort(), abortAfterMs);
    try {
      return Response.json(await fetchMedia(url, { left: maxBytes }, gone.signal));
    } catch (error) {
      const kind = error instanceof Error && 'kind' in error ? error.kind : `no fault, but ${String(error)}`;
      return Response.json({ fault: kind });
    }
  },
};
