import type { JsonObject, JsonValue } from '../../domain/call.ts';
import type { Usage } from '../../domain/usage.ts';
import { asObject } from './buckets.ts';
import { chatUsage } from './chat.ts';
import { dataOf, estimateDelta, parseEvent } from './event-data.ts';
import type { StreamReader, StreamState } from './stream-reader.ts';

const DELTA_KEYS = [
  '"content":"',
  '"arguments":"',
  '"reasoning_content":"',
  '"reasoning":"',
  '"text":"',
  '"refusal":"',
];
/** OpenAI puts `"usage":null` on every chunk once usage is asked for. */
const USAGE = /"usage"\s*:\s*\{/;
const FINISH = /"finish_reason"\s*:\s*"/;
const ERROR = /"error"\s*:\s*[{"]/;

/** Chat Completions and Completions. Some upstreams send no `[DONE]`, others no finish reason: either ends a stream. */
export class ChatStreamReader implements StreamReader {
  #usage: Usage | null = null;
  #output = 0;
  #done = false;
  #failed = false;
  /** Choices that were seen, and whether each has its finish reason. */
  readonly #finished = new Map<JsonValue | undefined, boolean>();

  line(text: string): void {
    const data = dataOf(text);
    if (data === null) return;
    if (data.trimEnd() === '[DONE]') {
      this.#done = true;
      return;
    }
    this.#output += estimateDelta(data, DELTA_KEYS);
    if (
      this.#finished.size === 0 ||
      FINISH.test(data) ||
      USAGE.test(data) ||
      ERROR.test(data) ||
      !data.includes('"index":0')
    ) {
      this.#read(parseEvent(data));
    }
  }

  usage(): Usage | null {
    return this.#usage;
  }

  estimatedOutput(): number {
    return this.#output;
  }

  state(): StreamState {
    if (this.#failed) return 'failed';
    return this.#done || this.#allChoicesFinished() ? 'finished' : 'open';
  }

  #allChoicesFinished(): boolean {
    return this.#finished.size > 0 && [...this.#finished.values()].every(Boolean);
  }

  #read(chunk: JsonObject | null): void {
    if (chunk === null) return;
    // Some put an explicit null there.
    if (chunk.error !== undefined && chunk.error !== null) this.#failed = true;
    this.#usage = chatUsage(chunk.usage) ?? this.#usage;
    for (const choice of Array.isArray(chunk.choices) ? chunk.choices : []) {
      const { index, finish_reason: reason } = asObject(choice) ?? {};
      const finished = typeof reason === 'string' && reason !== '';
      this.#finished.set(index, finished || this.#finished.get(index) === true);
    }
  }
}
