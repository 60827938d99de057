import type { Target } from '../domain/provider.ts';
import type { GatewayError } from '../errors/gateway-error.ts';
import type { Given } from '../exchange/given.ts';
import { EventLines } from '../streams/event-lines.ts';
import { EventFramer } from '../streams/events.ts';
import type { StreamEnd } from '../streams/sse-tap.ts';

/** How a leg ended. */
export interface LegEnd {
  readonly end: StreamEnd;
  readonly error: GatewayError | null;
}

/** An event with its bytes. `whole` is false for a piece of one that is too long to be read. */
export interface LegEvent {
  readonly name: string;
  /** Null: it has none (a comment). */
  readonly data: string | null;
  readonly bytes: Uint8Array;
  readonly whole: boolean;
}

const decoder = new TextDecoder();

/** The stream of one attempt, event by event. */
export class Leg {
  readonly target: Target;
  readonly #given: Given;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #framer = new EventFramer();
  #over: LegEnd | null = null;

  /** @param given one whose body is a stream or the whole of it */
  constructor(given: Given, target: Target) {
    const { body } = given;
    this.target = target;
    this.#given = given;
    this.#reader = (body instanceof ReadableStream ? body : streamOf(body)).getReader();
    given.accept((end, error) => {
      this.#over = { end, error };
    });
  }

  /** What ended it, as the attempt has it. */
  get outcome(): string {
    return this.#given.tried?.outcome ?? 'unknown';
  }

  /** How it ended; until it has, and where nobody says, it was cut. */
  get over(): LegEnd {
    return this.#over ?? { end: 'cut', error: null };
  }

  /** What came; null: nothing more does. @throws what broke it off */
  async read(): Promise<readonly LegEvent[] | null> {
    const { done, value } = await this.#reader.read();
    if (!done) return Array.from(this.#framer.push(value), eventOf);
    const rest = this.#framer.rest();
    return rest.length === 0 ? null : [eventOf({ bytes: rest, whole: true })];
  }

  cancel(reason: unknown): Promise<void> {
    return this.#reader.cancel(reason).catch(() => {});
  }
}

function streamOf(body: Uint8Array | string): ReadableStream<Uint8Array> {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}

function eventOf({ bytes, whole }: { readonly bytes: Uint8Array; readonly whole: boolean }): LegEvent {
  const told: { name: string; data: string | null } = { name: '', data: null };
  const lines = new EventLines((name, data) => Object.assign(told, { name, data }));
  if (whole) {
    for (const line of decoder.decode(bytes).split(/\r\n|\n|\r/)) lines.line(line);
    lines.line('');
  }
  return { ...told, bytes, whole };
}
