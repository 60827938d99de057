import type { Config } from '../../src/index.ts';
import type { Running } from './running.ts';

/** What a start prints: where it listens, what it serves, and what to try first. */
export function banner(config: Config, { url, metricsUrl, workers }: Running): string {
  const ids = config.providers.map(({ id }) => id);
  const facts = [
    `auth: ${config.auth.mode}`,
    `providers: ${ids.join(', ') || 'none'}`,
    `workers: ${workers}`,
  ];
  const metrics = metricsUrl === null ? '' : `, metrics on ${metricsUrl}`;
  const lines = [`LLM Edge Agent is listening on ${url} (${facts.join(', ')})${metrics}`];
  if (ids.includes('sandbox'))
    lines.push('', 'Try it, no key needed:', ...sandboxCalls(url, config.auth.mode === 'keys'));
  return lines.join('\n');
}

function sandboxCalls(url: string, withKey: boolean): string[] {
  const key = withKey ? ` -H 'authorization: Bearer YOUR_GATEWAY_KEY'` : '';
  const curl = (path: string, body: object, flags = '') =>
    `  curl ${flags}${url}${path} -H 'content-type: application/json'${key} -d '${JSON.stringify(body)}'`;
  const messages = [{ role: 'user', content: 'Hello there' }];
  return [
    curl('/v1/chat/completions', { model: 'sandbox/echo', messages }),
    curl('/v1/messages', { model: 'sandbox/echo', max_tokens: 100, stream: true, messages }, '-N '),
    curl('/v1/responses', { model: 'sandbox/lorem', input: 'Say something', stream: true }, '-N '),
  ];
}
