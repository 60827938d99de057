import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { catalogueRow, OPENAI_COMPATIBLE } from '../../src/config/catalogue.ts';
import type { JsonObject } from '../../src/domain/call.ts';
import type { Provider } from '../../src/domain/provider.ts';
import { EventLines } from '../../src/streams/event-lines.ts';
import { CLIENTS, NAME_RULES, PROVIDERS } from '../../src/translate/dialects.ts';
import { Collected } from '../../src/translate/hub/collect.ts';
import type { AssistantPart, Conversation, Message, Part } from '../../src/translate/hub/conversation.ts';
import { LossList } from '../../src/translate/hub/losses.ts';
import type { StreamPart } from '../../src/translate/hub/reply.ts';
import { ToolNames } from '../../src/translate/hub/tool-names.ts';
import { talkOf } from '../corpus/translate-talk.ts';
import { conversation, stream } from './generated.ts';
import { requireGrammar, type Seen } from './grammar.ts';
import type { Client } from './heard.ts';

const DIALECTS: readonly Client[] = ['chat', 'responses', 'messages'];
const MODELS: Readonly<Record<Client, string>> = {
  chat: 'gpt-4o',
  responses: 'gpt-4o',
  messages: 'claude-sonnet-4-5',
};
const CONTEXT = {
  request: { stream_options: { include_usage: true } },
  requestId: 'req_1',
  created: 1,
};

function providerFor(dialect: Client): Provider {
  const { env: _, ...row } =
    catalogueRow(dialect === 'messages' ? 'anthropic' : 'openai') ?? OPENAI_COMPATIBLE;
  return { ...row, baseUrl: 'http://127.0.0.1:9', apiKey: null, apiKeys: [], transport: 'network' };
}

/** A conversation as a dialect writes and reads it. */
function through(dialect: Client, said: Conversation): Conversation {
  const losses = new LossList({});
  const names = new ToolNames(said, NAME_RULES[dialect]);
  const context = { provider: providerFor(dialect), model: MODELS[dialect], losses, names };
  const body = PROVIDERS[dialect].writeRequest(said, context);
  expect(losses.unsupportedFields).toEqual([]);
  return CLIENTS[dialect].readRequest({ ...body, stream: said.stream });
}

/** OpenAI's dialects say in words that a tool failed. */
function withErrorsInWords(said: Conversation): Conversation {
  const worded = (part: Part): Part =>
    part.type === 'tool_result' && part.isError
      ? { ...part, content: [{ type: 'text', text: 'Error:', at: '' }, ...part.content] }
      : part;
  const messages = said.messages.map(
    (message) => ({ ...message, content: message.content.map(worded) }) as Message,
  );
  return { ...said, messages };
}

function settingsOf({ stream: streamed, maxOutputTokens, temperature, toolChoice }: Conversation) {
  return { streamed, maxOutputTokens, temperature, toolChoice };
}

describe('any conversation', () => {
  it.each(DIALECTS)('keeps its meaning through %s', (dialect) => {
    fc.assert(
      fc.property(conversation, (said) => {
        const heard = through(dialect, said);
        expect(talkOf(heard)).toEqual(talkOf(dialect === 'messages' ? said : withErrorsInWords(said)));
        // Messages cannot do without a limit.
        const limit = dialect === 'messages' ? heard.maxOutputTokens : said.maxOutputTokens;
        expect(settingsOf(heard)).toEqual(
          settingsOf({
            ...said,
            ...(limit === undefined ? {} : { maxOutputTokens: said.maxOutputTokens ?? limit }),
          }),
        );
      }),
      { numRuns: 200 },
    );
  });

  const pairs = DIALECTS.flatMap((one) =>
    DIALECTS.filter((other) => other !== one).map((other) => [one, other] as const),
  );
  it.each(pairs)('keeps its meaning from %s on to %s', (first, second) => {
    fc.assert(
      fc.property(conversation, (said) => {
        expect(talkOf(through(second, through(first, said)))).toEqual(talkOf(withErrorsInWords(said)));
      }),
      { numRuns: 100 },
    );
  });
});

describe('any stream', () => {
  it.each(DIALECTS)('is legal in %s, and reads as it was said', (dialect) => {
    fc.assert(
      fc.property(stream, (parts) => {
        const events = written(dialect, parts);
        requireGrammar(dialect, events, 'whole');
        expect(told(dialect, collected(reread(dialect, events)))).toEqual(told(dialect, collected(parts)));
      }),
      { numRuns: 300 },
    );
  });

  it.each(DIALECTS)('is legal in %s wherever it breaks', (dialect) => {
    fc.assert(
      fc.property(stream, fc.nat(), (parts, at) => {
        const error = { status: 502, type: 'api_error', code: null, message: 'Broken', param: null };
        const broken: StreamPart[] = [
          ...parts.slice(0, at % parts.length),
          { type: 'error', error },
          ...parts.slice(-1),
        ];
        requireGrammar(dialect, written(dialect, broken), 'broken');
      }),
      { numRuns: 300 },
    );
  });
});

function written(dialect: Client, parts: readonly StreamPart[]): Seen[] {
  const writer = CLIENTS[dialect].createStreamWriter(CONTEXT);
  const events: Seen[] = [];
  const lines = new EventLines((event, data) => {
    events.push({ ...(event === '' ? {} : { event }), data: data.startsWith('{') ? JSON.parse(data) : data });
  });
  for (const line of parts
    .map((part) => writer.write(part))
    .join('')
    .split('\n'))
    lines.line(line);
  return events;
}

function reread(dialect: Client, events: readonly Seen[]): StreamPart[] {
  const names = new ToolNames({ tools: [] }, NAME_RULES[dialect]);
  const reader = PROVIDERS[dialect].createStreamReader({ provider: providerFor(dialect), names });
  const parts = events.flatMap(({ event = '', data }) =>
    reader.event(event, typeof data === 'string' ? data : JSON.stringify(data as JsonObject)),
  );
  return [...parts, ...reader.end()];
}

function collected(parts: readonly StreamPart[]): Collected {
  const all = new Collected();
  for (const part of parts) all.add(part);
  return all;
}

/** What was said, in what order; Chat has one text, one thought and a list of calls. */
function told(dialect: Client, all: Collected) {
  const content = all.content().map(plain);
  const order = dialect === 'chat' ? grouped(content) : content;
  return { order, finish: all.finish?.reason, usage: all.usage };
}

function plain(part: AssistantPart) {
  if (part.type === 'tool_call') return [part.type, `${part.id} ${part.name} ${part.arguments}`] as const;
  return [part.type, 'text' in part ? part.text : ''] as const;
}

function grouped(content: readonly (readonly [string, string])[]) {
  const of = (type: string) => content.filter(([each]) => each === type).map(([, text]) => text);
  return { text: of('text').join(''), reasoning: of('reasoning').join(''), calls: of('tool_call') };
}
