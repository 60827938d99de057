import { describe, expect, it } from 'vitest';
import type { RedactionConfig } from '../config/config.ts';
import type { Call, JsonObject } from '../domain/call.ts';
import { REDACTION_KINDS } from '../domain/redaction.ts';
import { createRedact } from './redact.ts';

const encoder = new TextEncoder();

function call(json: JsonObject, dialect: Call['dialect'] = 'openai-chat'): Call {
  const text = JSON.stringify(json);
  return {
    endpoint: 'chat',
    dialect,
    model: 'm',
    stream: false,
    body: { text, json, bytes: encoder.encode(text) },
  };
}

const chat = (content: string) => call({ model: 'm', messages: [{ role: 'user', content }] });

function start(mode: RedactionConfig['mode'], more: Partial<RedactionConfig> = {}) {
  const found: [string, number][] = [];
  const config = { mode, kinds: REDACTION_KINDS, patterns: {}, ...more };
  const redact = createRedact(config, (kind, count) => found.push([kind, count]));
  return { redact, found };
}

const contentOf = ({ body }: Call) => JSON.parse(body.text).messages[0].content;
const answer = (body: string) => ({ status: 200, headers: { 'content-type': 'application/json' }, body });

describe('a call', () => {
  const TEXT = 'I am a@b.example, or c@d.example; a@b.example again.';

  it('is not looked at when it is off', () => {
    const asked = chat(TEXT);
    expect(createRedact(null, () => {}).call(asked).call).toBe(asked);
  });

  it('is counted and left as it is', () => {
    const { redact, found } = start('detect');
    const asked = chat(TEXT);
    expect(redact.call(asked).call).toBe(asked);
    expect(found).toEqual([['email', 3]]);
  });

  it('is masked: text, bytes and value alike', () => {
    const { call: masked } = start('mask').redact.call(chat(TEXT));
    expect(contentOf(masked)).toBe('I am [EMAIL], or [EMAIL]; [EMAIL] again.');
    expect(masked.body.json).toEqual(JSON.parse(masked.body.text));
    expect(new TextDecoder().decode(masked.body.bytes)).toBe(masked.body.text);
  });

  it('is refused with the kinds and without the values', () => {
    const { redact, found } = start('block');
    expect(() => redact.call(chat(TEXT))).toThrow(
      expect.objectContaining({
        code: 'sensitive_data',
        status: 400,
        message: expect.stringMatching(/\(email\)(?!.*b\.example)/),
      }),
    );
    expect(found).toEqual([['email', 3]]);
  });

  it('is given placeholders that tell values apart, and gets the values back', () => {
    const redacted = start('tokenize').redact.call(chat(TEXT));
    expect(contentOf(redacted.call)).toBe('I am [EMAIL_1], or [EMAIL_2]; [EMAIL_1] again.');
    const reply = '{"choices":[{"message":{"content":"Dear [EMAIL_2], [EMAIL_3] [PHONE_1]"}}],"n":1.0}';
    expect(redacted.restore(answer(reply)).body).toBe(
      '{"choices":[{"message":{"content":"Dear c@d.example, [EMAIL_3] [PHONE_1]"}}],"n":1.0}',
    );
  });

  it('keeps what the client itself wrote in brackets', () => {
    const redacted = start('tokenize').redact.call(chat('[EMAIL_1] is not a@b.example'));
    expect(contentOf(redacted.call)).toBe('[EMAIL_1] is not [EMAIL_2]');
    expect(redacted.restore(answer('{"x":"[EMAIL_1] [EMAIL_2]"}')).body).toBe(
      '{"x":"[EMAIL_1] a@b.example"}',
    );
  });

  it('has its values escaped inside arguments, which are JSON themselves', () => {
    const { redact } = start('tokenize', { kinds: [], patterns: { quote: '"[a-z]+"' } });
    const redacted = redact.call(chat('say "hello"'));
    expect(contentOf(redacted.call)).toBe('say [QUOTE_1]');
    const { body } = redacted.restore(answer('{"arguments":"{\\"a\\":\\"[QUOTE_1]\\"}"}'));
    expect(JSON.parse(JSON.parse(String(body)).arguments)).toEqual({ a: '"hello"' });
  });

  it('keeps what is sealed, named or encoded', () => {
    const asked = call({
      model: 'a@b.example',
      messages: [
        {
          role: 'user',
          name: 'a@b.example',
          content: [{ type: 'image_url', image_url: { url: 'http://10.0.0.1/x' } }],
        },
        {
          role: 'assistant',
          content: [{ type: 'thinking', thinking: 'a@b.example', signature: 'a@b.example' }],
        },
      ],
      tools: [{ function: { name: 'f', parameters: { properties: { x: { const: 'a@b.example' } } } } }],
      stop: ['a@b.example'],
    });
    expect(start('mask').redact.call(asked).call).toBe(asked);
  });

  it('is looked at wherever a model reads', () => {
    const places: JsonObject = {
      system: [{ type: 'text', text: 'a@b.example' }],
      instructions: 'a@b.example',
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'a@b.example' }] },
        { type: 'function_call_output', output: 'a@b.example' },
      ],
      prompt: ['a@b.example'],
      messages: [
        { role: 'assistant', tool_calls: [{ function: { name: 'f', arguments: '{"to":"a@b.example"}' } }] },
        {
          role: 'assistant',
          content: [{ type: 'tool_use', name: 'f', input: { name: 'a@b.example', id: ['a@b.example'] } }],
        },
        { role: 'user', content: [{ type: 'tool_result', content: 'a@b.example' }] },
      ],
    };
    const { redact, found } = start('mask');
    expect(redact.call(call(places)).call.body.text).not.toContain('a@b.example');
    expect(found).toEqual([['email', 9]]);
  });
});

describe('bytes that no stage reads', () => {
  it('are masked when they are JSON', () => {
    const bytes = start('tokenize').redact.bytes(encoder.encode('{"input":"a@b.example"}'));
    expect(new TextDecoder().decode(bytes)).toBe('{"input":"[EMAIL]"}');
  });

  it('pass when they are not', () => {
    const bytes = encoder.encode('--form\r\na@b.example\xff');
    expect(start('mask').redact.bytes(bytes)).toBe(bytes);
  });
});
