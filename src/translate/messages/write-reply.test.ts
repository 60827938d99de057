import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../domain/call.ts';
import type { AssistantPart } from '../hub/conversation.ts';
import type { Reply } from '../hub/reply.ts';
import { packSeal } from '../hub/seal.ts';
import { replyContext } from './testing.ts';
import { messagesClient } from './translator.ts';

function write(parts: Partial<Reply>): JsonObject {
  const reply: Reply = {
    id: 'x',
    model: 'm',
    content: [],
    finish: { reason: 'stop', stopSequence: null },
    usage: null,
    ...parts,
  };
  return messagesClient.writeReply(reply, replyContext);
}

function blocks(...content: AssistantPart[]) {
  return write({ content }).content;
}

describe('a written answer', () => {
  it.each([
    ['chatcmpl-abc', 'msg_abc'],
    ['resp_abc', 'msg_abc'],
    ['msg_abc', 'msg_abc'],
    ['', 'msg_req_1'],
  ])('case 57: the id %j is %s', (id, written) => expect(write({ id }).id).toBe(written));

  it('case 53: counts are apart, and zero where nothing was counted', () => {
    const usage = {
      input: 1,
      cacheRead: 2,
      cacheWrite: 3,
      cacheWrite1h: 4,
      output: 5,
      reasoning: 6,
      estimated: false,
    };
    expect(write({ usage, serviceTier: 'default' }).usage).toEqual({
      input_tokens: 1,
      cache_read_input_tokens: 2,
      cache_creation_input_tokens: 7,
      cache_creation: { ephemeral_5m_input_tokens: 3, ephemeral_1h_input_tokens: 4 },
      output_tokens: 5,
      output_tokens_details: { thinking_tokens: 6 },
      service_tier: 'standard',
    });
    expect(write({}).usage).toMatchObject({ input_tokens: 0, output_tokens: 0 });
  });

  it.each([
    ['stop', 'end_turn'],
    ['stop_sequence', 'stop_sequence'],
    ['length', 'max_tokens'],
    ['context_length', 'model_context_window_exceeded'],
    ['tool_calls', 'tool_use'],
    ['content_filter', 'refusal'],
    ['refusal', 'refusal'],
    ['pause', 'pause_turn'],
    ['other', 'end_turn'],
  ] as const)('case 51, case 27: %s is %s', (reason, stop_reason) => {
    expect(write({ finish: { reason, stopSequence: 'X' } })).toMatchObject({
      stop_reason,
      stop_sequence: 'X',
    });
  });

  it('case 21: arguments are an object with all their digits; what is no JSON is handed on as such', () => {
    const call = { type: 'tool_call', id: 'c', name: 'f', kind: 'function', at: '' } as const;
    expect(JSON.stringify(blocks({ ...call, arguments: '{"n":12345678901234567890}' }))).toContain(
      '"input":{"n":12345678901234567890}',
    );
    expect(blocks({ ...call, arguments: '{"a":' })).toMatchObject([{ input: { INVALID_JSON: '{"a":' } }]);
    expect(blocks({ ...call, arguments: '' })).toMatchObject([{ input: {} }]);
  });

  it('case 37, case 38: reasoning carries what its maker wants back', () => {
    const seal = { origin: 'gemini', provider: 'google', data: 'sig' } as const;
    expect(
      blocks(
        { type: 'reasoning', text: 'a', seal, at: '' },
        { type: 'reasoning', text: '', seal, at: '' },
        { type: 'reasoning', text: 'b', seal: null, at: '' },
        { type: 'reasoning', text: '', seal: null, at: '' },
      ),
    ).toEqual([
      { type: 'thinking', thinking: 'a', signature: packSeal(seal) },
      { type: 'redacted_thinking', data: packSeal(seal) },
      { type: 'thinking', thinking: 'b', signature: '' },
    ]);
  });

  it('case 52: a refusal is text, with its reason', () => {
    expect(write({ content: [{ type: 'refusal', text: 'No.', at: '' }] })).toMatchObject({
      content: [{ type: 'text', text: 'No.' }],
      stop_reason: 'refusal',
      stop_details: { type: 'refusal', category: null, explanation: 'No.' },
    });
  });

  it('case 30: no empty text, which the client could not send back', () => {
    expect(blocks({ type: 'text', text: '', at: '' })).toEqual([]);
  });

  it('case 35: citations of documents keep their places', () => {
    const citation = {
      kind: 'document',
      index: 1,
      title: 'T',
      citedText: 'c',
      unit: 'page',
      start: 2,
      end: 3,
    } as const;
    expect(blocks({ type: 'text', text: 'x', citations: [citation], at: '' })).toEqual([
      {
        type: 'text',
        text: 'x',
        citations: [
          {
            type: 'page_location',
            cited_text: 'c',
            document_index: 1,
            document_title: 'T',
            start_page_number: 2,
            end_page_number: 3,
            file_id: null,
          },
        ],
      },
    ]);
  });
});
