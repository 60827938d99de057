import { type Behaviour, type SseEvent, sseText } from '../support/fault-upstream.ts';
import type { ClientResponse } from '../support/http-client.ts';
import { until } from '../support/wait.ts';

/** Takes the request, and answers when it is let go. */
export function held(behaviour: Behaviour): { readonly behaviour: Behaviour; release(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    async behaviour(context) {
      await promise;
      await behaviour(context);
    },
    release: resolve,
  };
}

type FaultContext = Parameters<Behaviour>[0];

/** An event stream that goes on as the test says. */
export interface LiveStream {
  readonly behaviour: Behaviour;
  /** Resolves when the request has come. */
  readonly asked: Promise<void>;
  send(...events: readonly SseEvent[]): void;
  end(): void;
  /** The connection breaks. */
  cut(): void;
}

export function liveStream(): LiveStream {
  const { promise, resolve } = Promise.withResolvers<FaultContext>();
  const then = (work: (context: FaultContext) => void) => void promise.then(work);
  return {
    behaviour(context) {
      context.response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      resolve(context);
    },
    asked: promise.then(() => {}),
    send: (...events) => then(({ response }) => void response.write(sseText(events))),
    end: () => then(({ response }) => void response.end()),
    cut: () => then(({ socket }) => void socket.write('', () => socket.destroy())),
  };
}

/** The text of an answer that is still coming. */
export interface Listener {
  readonly answer: ClientResponse;
  /** Waits until this has come. */
  hears(text: string): Promise<void>;
  /** All of it, when it has ended. */
  readonly all: Promise<{ readonly text: string; readonly cut: boolean }>;
}

export function listenTo(answer: ClientResponse): Listener {
  let text = '';
  const read = async () => {
    try {
      for await (const chunk of answer.chunks()) text += chunk;
      return { text, cut: false };
    } catch {
      return { text, cut: true };
    }
  };
  const all = read();
  return {
    answer,
    all,
    hears: async (wanted) => void (await until(`"${wanted}" is heard`, () => text.includes(wanted))),
  };
}
