import { describe, expect, it } from 'vitest';
import { json } from '../support/fault-upstream.ts';
import { RUNTIMES } from '../support/gateway.ts';
import { UPSTREAM_KEY, type Upstream } from './dialect-gateway.ts';
import { type Client, TOLD } from './heard.ts';
import { rows as chatToGemini } from './pairs/chat-to-gemini.ts';
import { rows as chatToMessages } from './pairs/chat-to-messages.ts';
import { rows as chatToResponses } from './pairs/chat-to-responses.ts';
import { rows as messagesToChat } from './pairs/messages-to-chat.ts';
import { rows as messagesToGemini } from './pairs/messages-to-gemini.ts';
import { rows as messagesToResponses } from './pairs/messages-to-responses.ts';
import { rows as responsesToChat } from './pairs/responses-to-chat.ts';
import { rows as responsesToGemini } from './pairs/responses-to-gemini.ts';
import { rows as responsesToMessages } from './pairs/responses-to-messages.ts';
import type { Row } from './row.ts';
import { MODELS, startWireBox, type Told, type WireBox } from './wire-box.ts';

const TABLES: readonly (readonly [Client, Upstream, readonly Row[]])[] = [
  ['chat', 'messages', chatToMessages],
  ['chat', 'responses', chatToResponses],
  ['chat', 'gemini', chatToGemini],
  ['responses', 'messages', responsesToMessages],
  ['responses', 'chat', responsesToChat],
  ['responses', 'gemini', responsesToGemini],
  ['messages', 'chat', messagesToChat],
  ['messages', 'responses', messagesToResponses],
  ['messages', 'gemini', messagesToGemini],
];

/** Case 56: headers of one family mean nothing, or something else, to the others. */
const OPENAI_HEADERS = {
  'openai-beta': 'some=v1',
  'openai-organization': 'org-1',
  'anthropic-beta': 'of-a-wrapper-2025-01-01',
  'x-stainless-lang': 'js',
};
const HEADERS: Readonly<Record<Client, Readonly<Record<string, string>>>> = {
  chat: OPENAI_HEADERS,
  responses: OPENAI_HEADERS,
  messages: { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'interleaved-thinking-2025-05-14' },
};

const PATHS: Readonly<Record<Upstream, string>> = {
  chat: '/v1/chat/completions',
  responses: '/v1/responses',
  messages: '/v1/messages',
  gemini: `/v1beta/models/${MODELS.gemini}:generateContent`,
};

describe.each(RUNTIMES)(
  'requests, without the headers of the client’s family (case 56), on %s',
  (runtime) => {
    const strict = startWireBox(runtime);
    const lenient = startWireBox(runtime, { DROP_UNSUPPORTED: 'true' });

    describe.each(TABLES)('%s → %s', (client, upstream, rows) => {
      it.each(rows.filter(({ refuses }) => refuses === undefined))('$name', async (row) => {
        expectSent(upstream, row, await ask(strict, client, upstream, row));
      });

      it.each(rows.filter(({ refuses }) => refuses !== undefined))(
        '$name: refused, or dropped by name',
        async (row) => {
          const told = await ask(strict, client, upstream, row);
          expect([told.status, told.received]).toEqual([400, null]);
          const { error } = JSON.parse(told.text) as { error: { message: string; param?: string } };
          expect(error.message).toContain(`"${row.refuses}"`);
          if (client !== 'messages') expect(error.param).toBe(row.refuses);
          expectSent(upstream, row, await ask(lenient, client, upstream, row));
        },
      );
    });

    it.each([
      ['messages', CHAT_AUDIO],
      ['responses', CHAT_AUDIO],
      ['gemini', { messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] }] }],
    ] as const)('a conversation of which drops leave nothing does not go to %s', async (upstream, asks) => {
      const told = await ask(lenient, 'chat', upstream, { asks });
      expect([told.status, told.received]).toEqual([400, null]);
      expect(JSON.parse(told.text)).toMatchObject({
        error: {
          message: expect.stringContaining('Nothing is left of the conversation'),
          param: 'messages[0].content[0]',
        },
      });
    });
  },
);

const CHAT_AUDIO = {
  messages: [
    { role: 'user', content: [{ type: 'input_audio', input_audio: { data: 'UklG', format: 'wav' } }] },
  ],
};

function ask(box: WireBox, client: Client, upstream: Upstream, { asks }: Pick<Row, 'asks'>): Promise<Told> {
  const reply = json(200, TOLD[upstream].whole({ blocks: [{ text: ['Hello'] }], finish: 'stop' }));
  return box.ask({ client, upstream, body: asks, reply, headers: HEADERS[client] });
}

function expectSent(
  upstream: Upstream,
  { sends, drops, version }: Row,
  { status, text, headers, received }: Told,
) {
  expect(status, text).toBe(200);
  const model = upstream === 'gemini' ? {} : { model: MODELS[upstream] };
  expect(JSON.parse(received?.body.toString() ?? 'null')).toEqual({ ...model, ...sends });
  expect(namesIn(headers['x-llm-edge-dropped'])).toEqual(drops?.toSorted());
  expect(received?.path).toBe(PATHS[upstream]);
  expectHeaders(upstream, received?.headers ?? {}, version ?? '2026-10-21');
}

function namesIn(header: unknown): string[] | undefined {
  return header === undefined ? undefined : String(header).split(', ').toSorted();
}

/** The provider's own key where it wants it, and nothing of another family's. */
function expectHeaders(upstream: Upstream, headers: Readonly<Record<string, unknown>>, version: string) {
  const own = Object.fromEntries(
    Object.entries(headers).filter(([name]) =>
      /^(?:authorization|x-.*-?key|anthropic-.*|openai-.*|x-stainless.*)$/.test(name),
    ),
  );
  switch (upstream) {
    case 'messages':
      return expect(own).toEqual({ 'x-api-key': UPSTREAM_KEY, 'anthropic-version': version });
    case 'gemini':
      return expect(own).toEqual({ 'x-goog-api-key': UPSTREAM_KEY });
    default:
      return expect(own).toEqual({ authorization: `Bearer ${UPSTREAM_KEY}` });
  }
}
