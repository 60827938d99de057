import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import { hangBeforeHeaders, type SseEvent } from '../../support/fault-upstream.ts';
import { until, within } from '../../support/wait.ts';
import { CUTS, thrown } from '../describe-client.ts';
import { CHAT_WIRE, cutStream, endlessStream, MESSAGES_WIRE, RESPONSES_WIRE, type Wire } from '../events.ts';
import {
  type AcrossBox,
  CHAT,
  describeAcross,
  foreignTo,
  GEMINI,
  KEY,
  type Kind,
  type KindName,
  MESSAGES,
  RESPONSES,
} from './describe-across.ts';
import { HELLO } from './loop.ts';

const messages = [{ role: 'user' as const, content: HELLO }];
const openaiAt = ({ gateway }: AcrossBox) =>
  new OpenAI({ apiKey: KEY, maxRetries: 0, baseURL: `${gateway.url}/v1` });
const anthropicAt = ({ gateway }: AcrossBox) =>
  new Anthropic({ apiKey: KEY, maxRetries: 0, baseURL: gateway.url });

interface Dialect {
  readonly name: string;
  readonly own: Kind;
  readonly errors: typeof OpenAI | typeof Anthropic;
  whole(box: AcrossBox, model: string): PromiseLike<unknown>;
  stream(box: AcrossBox, model: string, signal?: AbortSignal): PromiseLike<AsyncIterable<unknown>>;
  /** Asks for what no other dialect has, which is in the field `refused`. */
  ask(box: AcrossBox, model: string): PromiseLike<unknown>;
  readonly refused: string;
}

const DIALECTS: readonly Dialect[] = [
  {
    name: 'openai, Chat Completions',
    own: CHAT,
    errors: OpenAI,
    whole: (box, model) => openaiAt(box).chat.completions.create({ model, messages }),
    stream: (box, model, signal) =>
      openaiAt(box).chat.completions.create({ model, messages, stream: true }, { signal: signal ?? null }),
    ask: (box, model) =>
      openaiAt(box).chat.completions.create({ model, messages, logit_bias: { '50256': -100 } }),
    refused: 'logit_bias',
  },
  {
    name: 'openai, Responses',
    own: RESPONSES,
    errors: OpenAI,
    whole: (box, model) => openaiAt(box).responses.create({ model, input: HELLO }),
    stream: (box, model, signal) =>
      openaiAt(box).responses.create({ model, input: HELLO, stream: true }, { signal: signal ?? null }),
    ask: (box, model) => openaiAt(box).responses.create({ model, input: HELLO, background: true }),
    refused: 'background',
  },
  {
    name: '@anthropic-ai/sdk',
    own: MESSAGES,
    errors: Anthropic,
    whole: (box, model) => anthropicAt(box).messages.create({ model, max_tokens: 100, messages }),
    stream: (box, model, signal) =>
      anthropicAt(box).messages.create(
        { model, max_tokens: 100, messages, stream: true },
        { signal: signal ?? null },
      ),
    ask: (box, model) => {
      const mcp_servers = [{ type: 'url' as const, name: 'tools', url: 'https://mcp.example.com' }];
      return anthropicAt(box).beta.messages.create({ model, max_tokens: 100, messages, mcp_servers });
    },
    refused: 'mcp_servers',
  },
];

const GEMINI_WIRE: Wire = {
  head: 0,
  events: (words) => [...words.map((text) => chunk(text)), chunk('', 'STOP')],
};

function chunk(text: string, finishReason?: string): SseEvent {
  const candidate = { content: { role: 'model', parts: [{ text }] }, index: 0 };
  const candidates = [finishReason === undefined ? candidate : { ...candidate, finishReason }];
  return { data: { candidates, modelVersion: 'gemini-3-pro-preview', responseId: 'r1' } };
}

const WIRES: Readonly<Partial<Record<KindName, Wire>>> = {
  Chat: CHAT_WIRE,
  Responses: RESPONSES_WIRE,
  Messages: MESSAGES_WIRE,
  Gemini: GEMINI_WIRE,
};

function wireOf({ name }: Kind): Wire {
  const wire = WIRES[name];
  if (wire === undefined) throw new Error(`no wire of ${name}`);
  return wire;
}

/** Everything that is streamed before the end or an error, as one text. */
async function heard(source: PromiseLike<AsyncIterable<unknown>>, into: string[]): Promise<void> {
  for await (const event of await source) into.push(JSON.stringify(event));
}

/** Far above what an SDK takes for its own way out; the 100 ms of a gateway are measured elsewhere. */
const UPSTREAM_STOPS_MS = 2000;

describeAcross('Failures across dialects', (box) => {
  describe.each(DIALECTS)('$name', ({ own, errors, whole, stream, ask, refused }) => {
    const kinds = foreignTo(own).filter(({ name }) => name !== 'Gemini 2.5');
    const ways = [whole, stream];

    it.each(kinds)('raises 502 when the upstream refuses the key of the gateway: $name', async (kind) => {
      for (const call of ways) {
        const error = await thrown(call(box, kind.denied));
        expect(error).toBeInstanceOf(errors.InternalServerError);
        expect(error).toMatchObject({ status: 502 });
        expect(JSON.stringify(error)).not.toContain('sk-');
      }
    });

    it.each(kinds)('raises RateLimitError at a 429: $name', async (kind) => {
      for (const call of ways) {
        const error = await thrown(call(box, kind.limited));
        expect(error).toBeInstanceOf(errors.RateLimitError);
        // Google says it in the body if at all.
        const retryAfter = error instanceof errors.APIError ? error.headers?.get('retry-after') : undefined;
        expect(retryAfter).toBe(kind === GEMINI ? null : '1');
      }
    });

    it.each(kinds)('raises BadRequestError that names what cannot be asked there: $name', async (kind) => {
      const error = await thrown(ask(box, kind.model));
      expect(error).toBeInstanceOf(errors.BadRequestError);
      expect(error).toMatchObject({ status: 400, message: expect.stringContaining(refused) });
      if (errors === OpenAI) expect(error).toMatchObject({ param: refused });
    });

    it.each(kinds.flatMap((kind) => CUTS.map((cut) => ({ kind, cut, title: `${kind.name}, ${cut.name}` }))))(
      'raises in mid-stream: $title',
      async ({ kind, cut }) => {
        box.scripted.script(cutStream(wireOf(kind), cut.how));
        const events: string[] = [];
        const error = await thrown(heard(stream(box, kind.scripted), events));
        expect(error).toBeInstanceOf(errors.APIError);
        expect(events.filter((event) => /"Hel"|"lo"/.test(event))).toHaveLength(2);
      },
    );

    it.each(kinds)('stops the upstream when it aborts a stream: $name', async (kind) => {
      box.scripted.script(endlessStream(wireOf(kind)));
      const leaving = new AbortController();
      const events = await stream(box, kind.scripted, leaving.signal);
      await events[Symbol.asyncIterator]().next();
      await expectStopped(box, leaving);
    });

    it.for(kinds)(
      'stops the upstream when it aborts a stream that has not begun: $name',
      async (kind, test) => {
        test.skip(box.runtime === 'workerd', 'a Worker that writes nothing takes the FIN for a half-close');
        box.scripted.script(hangBeforeHeaders);
        const leaving = new AbortController();
        const count = box.scripted.journal.length;
        const aborted = thrown(stream(box, kind.scripted, leaving.signal));
        await until('the upstream has the call', () => box.scripted.journal[count]);
        await expectStopped(box, leaving);
        expect(await aborted).toBeInstanceOf(errors.APIUserAbortError);
      },
    );
  });
});

async function expectStopped({ scripted }: AcrossBox, leaving: AbortController): Promise<void> {
  const call = scripted.journal.at(-1);
  if (call === undefined) throw new Error('the upstream was not called');
  const leftAt = performance.now();
  leaving.abort();
  expect((await within('the upstream is told', call.aborted)) - leftAt).toBeLessThan(UPSTREAM_STOPS_MS);
}
