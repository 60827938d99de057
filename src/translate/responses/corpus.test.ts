import { expect, it } from 'vitest';
import { describeWithCorpus, exchanges, recordedAnswers } from '../../../tests/support/corpus.ts';
import type { JsonObject } from '../../domain/call.ts';
import { objectAt, parseObject } from '../../json.ts';
import type { AssistantPart } from '../hub/conversation.ts';
import { collected } from '../hub/testing.ts';
import { partsFromSse, readContext } from './testing.ts';
import { responsesClient, responsesProvider } from './translator.ts';

interface Recorded {
  readonly source_path: string;
  readonly response: {
    readonly status: number | null;
    readonly body?: Record<string, unknown>;
    readonly sse?: string;
  };
}

const ofResponses = ({ api }: { readonly api: string }): boolean => api === 'openai.responses';

function succeeded(): Recorded[] {
  const all: Recorded[] = [...exchanges().filter(ofResponses), ...recordedAnswers().filter(ofResponses)];
  return all.filter(({ response }) => response.status === 200 || response.status === null);
}

/** The response in the terminal event; null where there is none, or where a recording holds several answers in a row. */
function snapshotOf(sse: string): JsonObject | null {
  if (sse.split('"type":"response.created"').length > 2) return null;
  const events = sse
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => parseObject(line.slice(5)));
  const last = events.findLast((event) => /^response\.(completed|incomplete)$/.test(String(event?.type)));
  return last ? objectAt(last, 'response') : null;
}

/**
 * What is sealed is encrypted anew for each event, and some servers (GitHub Copilot) change ids as well. Only whose a seal is
 * stays, and that a provider's own tool ran.
 */
function comparable(content: readonly AssistantPart[]): unknown {
  return content.map((part) => {
    if (part.type === 'reasoning') return { ...part, seal: part.seal?.provider };
    return part.type === 'server_tool' ? { name: part.name, phase: part.phase } : part;
  });
}

/** Its text was edited by hand, in the snapshot only. */
const EDITED = 'packages/openai/src/responses/__fixtures__/openai-shell-container.1.chunks.txt';

describeWithCorpus('recorded traffic of the Responses API', () => {
  it('every stream says what its last snapshot says', () => {
    const streams = succeeded().filter(({ response }) => response.sse !== undefined);
    expect(streams.length).toBeGreaterThan(80);
    let compared = 0;
    for (const { source_path: id, response } of streams) {
      const snapshot = snapshotOf(response.sse ?? '');
      if (snapshot === null || id === EDITED) continue;
      const context = readContext();
      const streamed = collected(partsFromSse(response.sse ?? '', context));
      const whole = responsesProvider.readReply(snapshot, context);
      expect(streamed.finish, id).toEqual(whole.finish);
      expect(streamed.usage, id).toEqual(whole.usage);
      expect(streamed.model, id).toBe(whole.model);
      expect(streamed.id, id).not.toBe('');
      expect(comparable(streamed.content()), id).toEqual(comparable(whole.content));
      compared++;
    }
    expect(compared).toBeGreaterThan(80);
  });

  it('every whole answer is read and can be written again', () => {
    const whole = succeeded().filter(({ response }) => response.body?.object === 'response');
    expect(whole.length).toBeGreaterThan(80);
    for (const { source_path: id, response } of whole) {
      const body = response.body as JsonObject;
      const reply = responsesProvider.readReply(body, readContext());
      expect(reply.model, id).toBe(body.model);
      const again = responsesClient.writeReply(reply, { request: {}, requestId: 'r', created: 1 });
      expect(again.id, id).toMatch(/^resp_/);
      expect(objectAt(again, 'usage').total_tokens, id).toBe(
        Number(objectAt(body, 'usage').input_tokens) + Number(reply.usage?.output),
      );
    }
  });

  it('every request that a provider took is understood', () => {
    const requests = exchanges().filter((one) => ofResponses(one) && one.response.status === 200);
    for (const { id, request } of requests) {
      const read = responsesClient.readRequest(request.body as JsonObject);
      expect(read.messages.length, id).toBeGreaterThan(0);
      expect(
        Object.keys(read.others).filter((field) => !['store', 'include'].includes(field)),
        id,
      ).toEqual([]);
    }
  });
});
