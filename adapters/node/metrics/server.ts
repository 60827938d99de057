import { createServer, type ServerResponse } from 'node:http';
import type { StartConfig } from '../../../src/index.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import { listen } from '../listen.ts';
import { CONTENT_TYPE } from './render.ts';

/**
 * Serves `GET /metrics` and nothing else.
 * @param scrape all metrics as Prometheus text.
 * @returns the URL, null when metrics are switched off.
 * @throws when the address cannot be had.
 */
export async function startMetricsServer(
  { enableMetrics, host, metricsPort }: StartConfig['server'],
  logger: Logger,
  scrape: () => Promise<string>,
): Promise<string | null> {
  if (!enableMetrics) return null;
  const server = createServer((request, response) => {
    request.resume();
    const path = request.url?.split('?')[0];
    if (request.method === 'GET' && path === '/metrics') void answer(response);
    else send(response, 404, 'text/plain', 'Only GET /metrics is served here.\n');
  });

  async function answer(response: ServerResponse): Promise<void> {
    try {
      send(response, 200, CONTENT_TYPE, await scrape());
    } catch (error) {
      logger.log('error', 'metrics failed', { error: error instanceof Error ? error.message : typeof error });
      send(response, 500, 'text/plain', 'The metrics could not be written: see the log.\n');
    }
  }

  return `${await listen(server, { host, port: metricsPort, setting: 'METRICS_PORT' })}/metrics`;
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}
