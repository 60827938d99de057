import { expect, it } from 'vitest';
import { describeWithCorpus, exchanges, recordedAnswers } from '../../../tests/support/corpus.ts';
import type { JsonObject } from '../../domain/call.ts';
import { objectAt, objectsIn, parseObject, textOf } from '../../json.ts';
import { Collected } from '../hub/collect.ts';
import type { AssistantPart } from '../hub/conversation.ts';
import type { StreamPart } from '../hub/reply.ts';
import { AnswerReader } from './answer-reader.ts';
import { readError } from './error.ts';
import { readReply } from './read-reply.ts';
import { assistant, readContext, user, write } from './testing.ts';

interface Recorded {
  readonly name: string;
  readonly status: number;
  readonly text: string;
  readonly isStream: boolean;
}

function recorded(): Recorded[] {
  const gemini = [...exchanges(), ...recordedAnswers()].filter(({ api }) => api === 'gemini.generateContent');
  return gemini.map(({ source_path, response, responseText }) => ({
    name: source_path,
    status: response.status ?? (responseText.includes('"error"') ? 429 : 200),
    text: responseText,
    isStream: response.sse !== undefined,
  }));
}

const chunksOf = (text: string): JsonObject[] =>
  text
    .split(/\r?\n/)
    .map((line) => parseObject(line.replace(/^data: ?/, '')))
    .filter((chunk) => chunk !== null);

const partsOf = (chunk: JsonObject): JsonObject[] =>
  objectsIn(chunk.candidates).flatMap((candidate) => objectsIn(objectAt(candidate, 'content').parts));

function readStream(text: string): StreamPart[] {
  const reader = new AnswerReader(readContext());
  const parts = chunksOf(text).flatMap((chunk) => reader.event('', JSON.stringify(chunk)));
  return [...parts, ...reader.end()];
}

function contentOf({ isStream, text }: Recorded): readonly AssistantPart[] {
  if (!isStream) return readReply(parseObject(text) ?? {}, readContext()).content;
  const answer = new Collected();
  for (const part of readStream(text)) answer.add(part);
  return answer.content();
}

/** What an answer says and is signed with, in its order. */
function told(parts: readonly JsonObject[], key: 'text' | 'thoughtSignature', isThought = false): string {
  return parts
    .filter((part) => key !== 'text' || (part.thought === true) === isThought)
    .map((part) => textOf(part[key]))
    .join('');
}

describeWithCorpus('recorded answers of Gemini', () => {
  const answers = recorded();
  const good = answers.filter(({ status }) => status === 200);
  const streams = good.filter(({ isStream }) => isStream);

  it('are there', () => {
    expect(good.length).toBeGreaterThan(40);
    expect(streams.length).toBeGreaterThan(20);
  });

  it('keep every word, thought and signature', () => {
    for (const answer of good) {
      const raw = chunksOf(answer.text).flatMap(partsOf);
      const content = contentOf(answer);
      const said = (type: string) =>
        content.map((part) => (part.type === type && 'text' in part ? part.text : '')).join('');
      expect(said('text'), answer.name).toBe(told(raw, 'text'));
      expect(said('reasoning'), answer.name).toBe(told(raw, 'text', true));
      const seals = content
        .map((part) => (part.type === 'reasoning' ? (part.seal?.data ?? '') : ''))
        .join('');
      expect(seals, answer.name).toBe(told(raw, 'thoughtSignature'));
    }
  });

  it('keep every call, with arguments of its own and an id of its own', () => {
    for (const answer of good) {
      const raw = chunksOf(answer.text)
        .flatMap(partsOf)
        .map(({ functionCall }) => textOf(objectAt({ functionCall }, 'functionCall').name))
        .filter((name) => name !== '');
      const calls = contentOf(answer).filter((part) => part.type === 'tool_call');
      expect(
        calls.map(({ name }) => name),
        answer.name,
      ).toEqual(raw);
      expect(new Set(calls.map(({ id }) => id)).size, answer.name).toBe(calls.length);
      for (const { arguments: args } of calls) expect(parseObject(args), answer.name).not.toBeNull();
    }
  });

  it('end as they ended', () => {
    for (const { name, text } of streams) {
      const parts = readStream(text);
      expect(
        parts.filter(({ type }) => type === 'start'),
        name,
      ).toHaveLength(1);
      const hasCalls = parts.some((part) => part.type === 'block_start' && part.block.type === 'tool_call');
      const cut = !text.includes('"finishReason"');
      expect(parts.at(-1)?.type === 'finish', name).toBe(!cut);
      if (!cut) {
        expect(parts.at(-1), name).toMatchObject({ finish: { reason: hasCalls ? 'tool_calls' : 'stop' } });
      }
    }
  });

  it('count what Google counts', () => {
    let counted = 0;
    for (const { name, text, isStream } of good) {
      const usage = isStream
        ? readStream(text).findLast((part) => part.type === 'finish')?.usage
        : readReply(parseObject(text) ?? {}, readContext()).usage;
      const metadata = objectAt(chunksOf(text).at(-1), 'usageMetadata');
      if (metadata.totalTokenCount === undefined || usage === null || usage === undefined) continue;
      expect(usage.input + usage.cacheRead + usage.output, name).toBe(metadata.totalTokenCount);
      counted++;
    }
    expect(counted).toBeGreaterThan(40);
  });

  it('are the same again as a model’s turn of the next request', () => {
    for (const answer of good.filter(({ isStream }) => !isStream)) {
      const content = contentOf(answer);
      const results = content
        .filter((part) => part.type === 'tool_call')
        .map(
          ({ id }) =>
            ({
              type: 'tool_result',
              callId: id,
              content: [],
              isError: false,
              kind: 'function',
              at: '',
            }) as const,
        );
      const { body } = write(
        { messages: [user({ type: 'text', text: 'Hi', at: '' }), assistant(...content), user(...results)] },
        'gemini-3-pro-preview',
      );
      const turn = objectsIn(body.contents).find(({ role }) => role === 'model');
      const raw = chunksOf(answer.text)
        .flatMap(partsOf)
        .filter(({ thought }) => thought !== true);
      const signed = raw.map(
        ({ thoughtSignature }) => thoughtSignature ?? 'skip_thought_signature_validator',
      );
      const first = raw.findIndex(({ functionCall }) => functionCall !== undefined);
      const expected = raw.map((part, i) => (i === first ? { ...part, thoughtSignature: signed[i] } : part));
      expect(objectsIn(turn?.parts).map(withoutId), answer.name).toEqual(expected.map(withoutId));
    }
  });

  it('case 54: are errors that can be told', () => {
    const refusals = answers.filter(({ status }) => status !== 200);
    expect(
      refusals.map(({ status, text }) => {
        const { retryAfter, ...error } = readError(status, parseObject(text) ?? {});
        expect(retryAfter !== undefined).toBe(text.includes('"retryDelay"'));
        return error;
      }),
    ).toEqual(
      refusals
        .map(() => ({
          status: expect.any(Number),
          type: expect.stringMatching(/^[A-Z_]+$/),
          code: null,
          message: expect.stringMatching(/./),
          param: null,
        }))
        .map((error, i) =>
          refusals[i]?.text.includes('maximum number of tokens')
            ? { ...error, code: 'context_length_exceeded' }
            : error,
        ),
    );
  });
});

/** Calls that had no id have one now. */
function withoutId(part: JsonObject): JsonObject {
  if (part.functionCall === undefined) return part;
  const { id: _, ...call } = objectAt(part, 'functionCall');
  return { ...part, functionCall: call };
}
