import { joinBytes } from '../bytes.ts';
import type { Call } from '../domain/call.ts';
import type { Target } from '../domain/provider.ts';
import type { Usage } from '../domain/usage.ts';
import { brokenEvent } from '../edge/broken-event.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { Given, OnOver } from '../exchange/given.ts';
import { prefills } from '../translate/continue/continued-call.ts';
import { Sequel } from '../translate/continue/sequel.ts';
import { Story } from '../translate/continue/story.ts';
import type { ConversationEndpoint } from '../translate/dialects.ts';
import { Leg, type LegEvent } from './leg.ts';

export interface ContinuedOptions {
  readonly call: Call;
  readonly endpoint: ConversationEndpoint;
  readonly requestId: string;
  /** Aborts when nobody wants the answer any more. */
  readonly signal: AbortSignal;
  /** The usage is to be in the answer, whether or not this client asked for it. */
  readonly shared: boolean;
  /** What all attempts so far used; null: nothing that is known of. */
  readonly used: () => Usage | null;
  /** Has another target go on with the text. @throws GatewayError when there is none that can */
  readonly next: (text: string, broken: Leg) => Promise<Leg>;
}

/** A leg that gives no more. @param said the bytes in which it told so itself; null: it just broke */
interface Break {
  readonly error: GatewayError | null;
  readonly said: Uint8Array | null;
}

const encoder = new TextEncoder();
const NOTHING = new Uint8Array(0);

/** A stream that other targets go on with when it breaks, as long as there are any, and as long as it is nothing but text. */
export function continued(first: Given, target: Target, options: ContinuedOptions): Given {
  const stream = new ContinuedStream(new Leg(first, target), options);
  return { ...first, body: stream.body, accept: (onOver) => stream.accept(onOver) };
}

class ContinuedStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #options: ContinuedOptions;
  readonly #story: Story;
  #leg: Leg;
  /** Null: it is still the first that tells. */
  #sequel: Sequel | null = null;
  #break: Break | null = null;
  #onOver: OnOver = () => {};
  #isOver = false;

  constructor(first: Leg, options: ContinuedOptions) {
    this.#options = options;
    this.#leg = first;
    this.#story = new Story(options.endpoint, first.target.provider);
    this.body = new ReadableStream(
      { pull: (controller) => this.#pull(controller), cancel: (reason) => this.#cancel(reason) },
      { highWaterMark: 0 },
    );
  }

  accept(onOver: OnOver): void {
    this.#onOver = onOver;
  }

  /** One hop, pull by pull, as all streams here. */
  async #pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    for (;;) {
      const isOver = () => this.#isOver;
      const out = this.#break === null ? await this.#read() : await this.#mend(this.#break);
      if (out === 'left') return;
      if (out.length > 0) controller.enqueue(out);
      if (isOver()) controller.close();
      if (out.length > 0 || isOver()) return;
    }
  }

  async #cancel(reason: unknown): Promise<void> {
    if (this.#isOver) return;
    await this.#leg.cancel(reason);
    this.#end('cancelled', null);
  }

  async #read(): Promise<Uint8Array | 'left'> {
    try {
      const events = await this.#leg.read();
      if (this.#isOver) return 'left';
      return events === null ? this.#atEnd(null) : this.#pass(events);
    } catch (fault) {
      return this.#isOver ? 'left' : this.#atEnd(fault);
    }
  }

  #pass(events: readonly LegEvent[]): Uint8Array {
    const out: Uint8Array[] = [];
    for (const event of events) {
      const bytes = this.#passOne(event);
      if (bytes === null) {
        this.#break = { error: null, said: event.bytes };
        break;
      }
      out.push(bytes);
    }
    return joinBytes(out);
  }

  /** Null: the event tells of a failure. */
  #passOne({ name, data, bytes, whole }: LegEvent): Uint8Array | null {
    if (!whole) this.#story.spoil();
    if (data === null) return bytes;
    if (this.#sequel === null) return this.#story.event(name, data) ? bytes : null;
    const text = this.#sequel.event(name, data);
    return text === null ? null : encoder.encode(text);
  }

  #atEnd(fault: unknown): Uint8Array {
    if (this.#sequel === null) this.#story.end();
    const last = this.#sequel?.end() ?? '';
    if (this.#story.isFinished) this.#end('finished', null);
    else this.#break = { error: this.#leg.over.error ?? errorOf(fault), said: null };
    return last === '' ? NOTHING : encoder.encode(last);
  }

  async #mend(broken: Break): Promise<Uint8Array | 'left'> {
    const { signal, next, used, call, requestId, shared } = this.#options;
    this.#break = null;
    await this.#leg.cancel('broken');
    if (this.#isOver) return 'left';
    if (signal.aborted || !this.#story.canContinue) return this.#tell(broken);
    try {
      const leg = await next(this.#story.text, this.#leg);
      // It went on for nobody.
      if (this.#isOver) {
        await leg.cancel('left');
        return 'left';
      }
      this.#leg = leg;
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return this.#isOver ? 'left' : this.#tell(broken);
    }
    const { provider, model } = this.#leg.target;
    const { json } = call.body;
    this.#sequel = new Sequel({
      story: this.#story,
      provider,
      request: shared ? { ...json, stream_options: { include_usage: true } } : json,
      requestId,
      used: used(),
      skipsSpace: prefills(this.#leg.target, json) && this.#story.text !== this.#story.text.trimEnd(),
    });
    return encoder.encode(`: continued by ${provider.id}/${commentSafe(model)}\n\n`);
  }

  /** The stream ends as broken: in the provider's own words, or else in those of the dialect. */
  #tell({ error, said }: Break): Uint8Array {
    if (said !== null) {
      this.#end('error_event', null);
      return said;
    }
    const told = this.#options.signal.aborted
      ? errorOf(this.#options.signal.reason)
      : (error ?? errorOf(null));
    this.#end('cut', told);
    const { call, requestId } = this.#options;
    return encoder.encode(brokenEvent(call.dialect, told, requestId, this.#story.ids.next));
  }

  #end(...over: Parameters<OnOver>): void {
    this.#isOver = true;
    this.#onOver(...over);
  }
}

function errorOf(fault: unknown): GatewayError {
  if (fault instanceof GatewayError) return fault;
  return new GatewayError(
    'upstream_failed',
    'The provider broke off in the middle of its answer: try again.',
    {
      cause: fault,
    },
  );
}

/** A comment is a line: what the operator or a client called a model must not end it. */
function commentSafe(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 256);
}
