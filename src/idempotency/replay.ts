import { formatUsd } from '../account/price.ts';
import type { Answer } from '../domain/answer.ts';
import type { OnceCall } from './asked.ts';
import type { StoredAnswer } from './stored-answer.ts';

/** What of the first answer is true of its replays as well. */
const KEPT = [
  'content-type',
  'cache-control',
  'x-accel-buffering',
  'x-llm-edge-provider',
  'x-llm-edge-model',
  'x-llm-edge-dropped',
];

/** The first answer once more, for nothing. */
export function replay(
  { status, headers: first, body }: StoredAnswer,
  { life, call, headers }: OnceCall,
): Answer {
  const { record } = life;
  record.status = status;
  record.streamed = call.stream;
  const kept = Object.entries(first).filter(([name]) => KEPT.includes(name));
  const all = {
    ...headers,
    ...life.headers(),
    ...Object.fromEntries(kept),
    'x-llm-edge-cost-usd': formatUsd(0),
    'x-llm-edge-idempotent-replay': 'true',
  };
  life.finish();
  return { status, headers: all, body };
}
