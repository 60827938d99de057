import { expect, it } from 'vitest';
import {
  describeWithCorpus,
  type Exchange,
  exchanges,
  recordedAnswers,
} from '../../../tests/support/corpus.ts';
import type { JsonObject } from '../../domain/call.ts';
import { partsOf } from '../hub/collect.ts';
import type { AssistantPart, Conversation } from '../hub/conversation.ts';
import type { StreamPart } from '../hub/reply.ts';
import { collected } from '../hub/testing.ts';
import { eventsOf, partsOfText, readContext, textOfParts, write } from './testing.ts';
import { messagesClient, messagesProvider } from './translator.ts';

/** What the recorded streams were answers to is in their requests; the rest has only answers. */
function recorded(): { readonly id: string; readonly text: string; readonly body: JsonObject | undefined }[] {
  const alone = recordedAnswers().map((one) => ({ ...one, id: one.source_path }));
  return [...exchanges(), ...alone]
    .filter(({ api, response }) => api === 'anthropic.messages' && (response.status ?? 200) < 400)
    .map(({ id, response, responseText }) => ({
      id,
      text: response.sse === undefined ? '' : responseText,
      body: response.body as JsonObject | undefined,
    }));
}

/** Some recordings hold several answers one after the other. */
function streams(): ReturnType<typeof recorded> {
  return recorded().filter(({ text }) => text.split('"type":"message_start"').length === 2);
}

/** Text of one kind in the blocks of an answer. */
function textIn(content: readonly AssistantPart[], type: 'text' | 'reasoning' | 'refusal'): string {
  return content.map((part) => (part.type === type ? part.text : '')).join('');
}

function deltasIn(text: string, member: 'text' | 'thinking' | 'partial_json'): string {
  return [...text.matchAll(/^data: ?(\{.*\})/gm)]
    .map(([, data = '']) => JSON.parse(data) as { delta?: Record<string, unknown> })
    .map(({ delta }) => delta?.[member] ?? '')
    .join('');
}

function typesOf(parts: readonly StreamPart[]): string[] {
  return parts.map(({ type }) => type);
}

function requests(): Exchange[] {
  return exchanges().filter(({ api, response }) => api === 'anthropic.messages' && response.status < 400);
}

function read(exchange: Exchange): Conversation {
  return messagesClient.readRequest({ model: 'm', ...exchange.request.body } as JsonObject);
}

describeWithCorpus('recorded calls of the Messages API', () => {
  it('are streams that the reader understands to the last letter', () => {
    const all = streams();
    expect(all.length).toBeGreaterThan(40);
    for (const { id, text } of all) {
      const parts = partsOfText(text);
      expect(parts[0], id).toMatchObject({ type: 'start' });
      const whole = text.includes('message_stop');
      expect(
        typesOf(parts).filter((type) => type === 'finish'),
        id,
      ).toHaveLength(whole ? 1 : 0);
      const content = collected(parts).content();
      expect(textIn(content, 'text'), id).toBe(deltasIn(text, 'text'));
      expect(textIn(content, 'reasoning'), id).toBe(deltasIn(text, 'thinking'));
      if (whole)
        expect(parts.at(-1), id).toMatchObject({ type: 'finish', usage: { output: expect.any(Number) } });
    }
  });

  it('are answers whose parts, written and read again, say the same', () => {
    const bodies = recorded().flatMap(({ body }) => (Array.isArray(body?.content) ? [body] : []));
    expect(bodies.length).toBeGreaterThan(40);
    for (const body of bodies) {
      const reply = messagesProvider.readReply(body, readContext());
      const again = collected(partsOfText(textOfParts(partsOf(reply))));
      // What a model says as it declines is text in this dialect.
      const said = textIn(reply.content, 'text') + textIn(reply.content, 'refusal');
      expect(textIn(again.content(), 'text')).toBe(said);
      expect(again.content().filter(({ type }) => type === 'tool_call')).toEqual(
        reply.content.filter(({ type }) => type === 'tool_call'),
      );
      expect(again.content().filter(({ type }) => type === 'server_tool')).toEqual(
        reply.content.filter(({ type }) => type === 'server_tool'),
      );
      expect(again.finish).toEqual(reply.finish);
      expect(again.usage).toEqual(reply.usage);
    }
  });

  it('are streams that can be written again event by event', () => {
    for (const { id, text } of streams().filter((one) => one.text.includes('message_stop'))) {
      const events = eventsOf(textOfParts(partsOfText(text)));
      expect(events.at(-1), id).toEqual({ type: 'message_stop' });
    }
  });

  it('are requests that can be read, and written with the same words', () => {
    const all = requests();
    expect(all.length).toBeGreaterThan(90);
    for (const exchange of all) {
      const conversation = read(exchange);
      const { body } = write(conversation, String(exchange.request.body.model ?? 'claude-sonnet-4-5'));
      expect(wordsIn(body.messages), exchange.id).toEqual(wordsIn(exchange.request.body.messages));
      expect(wordsIn(body.system), exchange.id).toEqual(wordsIn(exchange.request.body.system));
    }
  });
});

/** All texts, thoughts, signatures, ids and inputs, in order. */
function wordsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(wordsIn);
  if (typeof value !== 'object' || value === null) return [];
  const { text, thinking, signature, data, tool_use_id, id, input, content, source } = value as JsonObject;
  const inputs = input === undefined ? [] : [JSON.stringify(input)];
  // The source of a search result is its address, that of a document what it says.
  const held = typeof source === 'object' ? source : undefined;
  return [...[text, thinking, signature, data, tool_use_id, id, held, content].flatMap(wordsIn), ...inputs];
}
