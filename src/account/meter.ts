import type { CallBody } from '../domain/call.ts';
import type { Usage } from '../domain/usage.ts';
import { estimatedUsage, tokensOfLength, usageOfEnded } from '../usage/estimate.ts';
import type { StreamReader } from './stream-usage/reader.ts';

/** What a request uses at least: its input, by its size. For calls whose answer was never seen. */
export function estimateInput(body: CallBody): Usage {
  return estimatedUsage(tokensOfLength(body.text.length));
}

/** The usage of a stream, however it ended. */
export function usageOfStream(reader: StreamReader, body: CallBody): Usage {
  const finished = reader.state() === 'finished';
  const count = { reported: reader.usage(), finished, output: reader.estimatedOutput() };
  return usageOfEnded(count, estimateInput(body));
}
