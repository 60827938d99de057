import type { CallBody } from '../domain/call.ts';
import type { Usage } from '../domain/usage.ts';
import type { StreamReader } from './stream-usage/reader.ts';

/** About four characters a token: the rule of thumb for English text, used only where no provider counted. */
const CHARS_PER_TOKEN = 4;

/** What a request uses at least: its input, by its size. For calls whose answer was never seen. */
export function estimateInput(body: CallBody): Usage {
  const input = Math.ceil(body.text.length / CHARS_PER_TOKEN);
  return { input, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, output: 0, reasoning: 0, estimated: true };
}

/**
 * The usage of a stream: the provider's own count when the stream came to its end, otherwise what passed, since
 * what was generated is charged whoever broke off.
 */
export function usageOfStream(reader: StreamReader, body: CallBody): Usage {
  const reported = reader.usage();
  if (reported !== null && reader.state() === 'finished') return reported;
  const base = reported ?? estimateInput(body);
  return { ...base, output: Math.max(base.output, reader.estimatedOutput()), estimated: true };
}
