import { expect, it } from 'vitest';
import { describeWithCorpus, exchanges, recordedAnswers } from '../../../tests/support/corpus.ts';
import type { JsonObject } from '../../domain/call.ts';
import { objectAt, objectsIn, parseObject, textOf } from '../../json.ts';
import { partsOf } from '../hub/collect.ts';
import type { AssistantPart, ToolCallPart } from '../hub/conversation.ts';
import { collected } from '../hub/testing.ts';
import { partsFromSse, readContext, replyContext, sseOf } from './testing.ts';
import { chatClient, chatProvider } from './translator.ts';

/** Calls and words of an answer, whatever the order of blocks. */
function meaning(content: readonly AssistantPart[]) {
  const joined = (type: string) =>
    content.map((part) => (part.type === type && 'text' in part ? part.text : '')).join('');
  const calls = content
    .filter((part): part is ToolCallPart => part.type === 'tool_call')
    .map(({ id, name, arguments: args }) => ({ id, name, arguments: args }));
  return { text: joined('text'), reasoning: joined('reasoning'), refusal: joined('refusal'), calls };
}

/** What a stream says, put together in the plainest way. Good for what OpenAI documents and for what was recorded. */
function plainMeaning(sse: string) {
  const said = {
    text: '',
    reasoning: '',
    refusal: '',
    calls: [] as { id: string; name: string; arguments: string }[],
  };
  for (const line of sse.split(/\r?\n/)) {
    const chunk = line.startsWith('data:') ? parseObject(line.slice(5)) : null;
    const [choice] = objectsIn(chunk?.choices);
    const delta = objectAt(choice, 'delta');
    said.text += textIn(delta.content, 'text');
    said.reasoning += textOf(delta.reasoning_content ?? delta.reasoning) + textIn(delta.content, 'thinking');
    said.refusal += textOf(delta.refusal);
    for (const piece of objectsIn(delta.tool_calls)) {
      const called = objectAt(piece, 'function');
      if (textOf(piece.id) !== '')
        said.calls.push({ id: textOf(piece.id), name: textOf(called.name), arguments: '' });
      const call = said.calls.at(-1);
      if (call !== undefined) call.arguments += textOf(called.arguments);
    }
  }
  return { ...said, calls: said.calls.map((call) => ({ ...call, arguments: call.arguments || '{}' })) };
}

function textIn(content: JsonObject[string], type: 'text' | 'thinking'): string {
  if (typeof content === 'string') return type === 'text' ? content : '';
  return objectsIn(content)
    .filter((part) => part.type === type)
    .map((part) => (type === 'text' ? textOf(part.text) : textIn(part.thinking, 'text')))
    .join('');
}

describeWithCorpus('recorded chat completions', () => {
  const recorded = [...exchanges(), ...recordedAnswers()].filter(({ api }) => api === 'openai.chat');
  const streams = recorded.filter(({ response }) => response.sse !== undefined);
  const replies = recorded.flatMap((one) => {
    const body = one.response.body as JsonObject | undefined;
    return body?.choices === undefined ? [] : [{ ...one, body }];
  });
  const failures = exchanges().flatMap((one) =>
    one.api === 'openai.chat' && one.response.status >= 400
      ? [{ ...one, status: one.response.status, body: one.response.body as JsonObject }]
      : [],
  );

  it('has streams, replies and failures', () => {
    expect(streams.length).toBeGreaterThan(50);
    expect(replies.length).toBeGreaterThan(50);
    expect(failures.length).toBeGreaterThan(10);
  });

  it.each(streams.map((one) => [one.provider, one.source_path, one] as const))(
    'the stream of %s in %s says what its chunks say',
    (_, __, { response }) => {
      const parts = partsFromSse(response.sse ?? '');
      const all = collected(parts);
      expect(meaning(all.content())).toEqual(plainMeaning(response.sse ?? ''));
      expect(parts[0]?.type).toBe('start');
      expect(parts.filter(({ type }) => type === 'finish')).toHaveLength(1);
      expect(parts.at(-1)?.type).toBe('finish');
      expect(all.model).not.toBe('');
      expect([...all.blocks.values()].every(({ ended }) => ended)).toBe(true);
      if (/"usage"\s*:\s*\{/.test(response.sse ?? '')) expect(all.usage).not.toBeNull();
    },
  );

  it.each(streams.map((one) => [one.provider, one.source_path, one] as const))(
    'the stream of %s in %s is the same when it is written for a client and read again',
    (_, __, { response }) => {
      const parts = partsFromSse(response.sse ?? '');
      const once = collected(parts);
      const twice = collected(partsFromSse(sseOf(parts, { stream_options: { include_usage: true } })));
      expect(meaning(twice.content())).toEqual(meaning(once.content()));
      expect(twice.usage).toEqual(once.usage);
      expect(twice.finish?.reason).toBe(once.finish?.reason === 'other' ? 'stop' : once.finish?.reason);
    },
  );

  it.each(replies.map((one) => [one.provider, one.source_path, one] as const))(
    'the reply of %s in %s is the same when it is written for a client and read again, whole or as a stream',
    (_, __, { body }) => {
      const reply = chatProvider.readReply(body, readContext());
      const again = chatProvider.readReply(chatClient.writeReply(reply, replyContext()), readContext());
      expect(meaning(again.content)).toEqual(meaning(reply.content));
      expect(again.usage).toEqual(reply.usage);
      expect(again.finish).toEqual(reply.finish);
      expect(reply.model).toBe(body.model);
      const streamed = collected(partsFromSse(sseOf(partsOf(reply))));
      expect(meaning(streamed.content())).toEqual(meaning(reply.content));
    },
  );

  it.each(failures.map((one) => [one.provider, one.status, one] as const))(
    'the failure of %s with %s keeps its words',
    (_, status, { body }) => {
      const error = chatProvider.readError(status, body);
      expect(error.status).toBe(status);
      expect(error.message).not.toMatch(/^The provider answered/);
      expect(JSON.stringify(body)).toContain(JSON.stringify(error.message).slice(1, -1));
    },
  );

  it('case 54: recognises every recorded conversation that was too long', () => {
    const tooLong = failures.filter(
      ({ source_path, status }) => /context_length/.test(source_path) && status === 400,
    );
    expect(tooLong.length).toBeGreaterThan(2);
    for (const { status, body } of tooLong) {
      expect(chatProvider.readError(status, body).code, JSON.stringify(body)).toBe('context_length_exceeded');
    }
  });

  it('reads the requests that clients made', () => {
    const refused = exchanges().filter(({ api, request, response }) => {
      if (api !== 'openai.chat' || response.status >= 400 || !Array.isArray(request.body?.messages))
        return false;
      try {
        chatClient.readRequest(request.body as JsonObject);
        return false;
      } catch {
        return true;
      }
    });
    // The one with the old `functions`.
    expect(
      refused.map(({ request }) => Object.keys(request.body)).filter((keys) => !keys.includes('functions')),
    ).toEqual([]);
  });
});
