import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { exampleOf } from '../../src/provider/sandbox/from-schema.ts';
import { sseText } from './fault-upstream.ts';
import {
  declarationsIn,
  type GeminiPart,
  type GeminiRequest,
  IllegalRequest,
  isThirdGeneration,
  readGeminiRequest,
  signatureOf,
} from './gemini-rules.ts';
import { listen } from './ports.ts';
import { receive } from './received.ts';

export interface GeminiUpstream {
  /** `http://127.0.0.1:PORT/v1beta` */
  readonly url: string;
  /** Every legal request, in order. */
  readonly journal: readonly GeminiRequest[];
  close(): Promise<void>;
}

/** What a model thinks before it acts, where the request wants to see it. */
export const THOUGHT = 'Let me think about it.';

const PATH = /^\/v1beta\/models\/([\w.-]+):(generateContent|streamGenerateContent\?alt=sse)$/;
const FAILING = /^fail-(\d{3})$/;

/**
 * Google's own API with a deterministic model, strict about what it is sent. It calls the declared functions that the
 * user's last text names, tells their results, and says everything else back. `fail-` and a status is that error.
 *
 * @param key what `x-goog-api-key` has to be
 */
export async function startGeminiUpstream(key: string): Promise<GeminiUpstream> {
  const journal: GeminiRequest[] = [];
  let count = 0;
  const nextId = (kind: string) => `${kind}-${++count}`;

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { path, headers, body } = await receive(message);
    const [, model = '', method = ''] = PATH.exec(path) ?? [];
    const failing = FAILING.exec(model)?.[1];
    if (headers['x-goog-api-key'] !== key || headers.authorization !== undefined) return refuseKey(response);
    if (model === '') return refuse(response, 404, `no such path: ${path}`);
    if (failing !== undefined) return refuse(response, Number(failing), `fails with ${failing}, as told`);
    const request = readGeminiRequest(body.toString(), model);
    journal.push(request);
    const parts = answer(request, model, () => nextId('call'));
    const head = { modelVersion: model, responseId: nextId('answer') };
    if (method === 'generateContent') sendJson(response, 200, chunk(head, whole(parts), 'STOP'));
    else sendStream(response, head, parts);
  }

  const server = createServer((message, response) => {
    serve(message, response).catch((error: unknown) => {
      if (error instanceof IllegalRequest) refuse(response, 400, error.message);
      else response.destroy();
    });
  });
  const { url, close } = await listen(server);
  return { url: `${url}/v1beta`, journal, close };
}

/** The parts of the answer as a stream has them, one for each chunk. */
function answer(request: GeminiRequest, model: string, nextId: () => string): GeminiPart[] {
  const wantsThoughts = request.generationConfig?.thinkingConfig?.includeThoughts === true;
  const thoughts = wantsThoughts ? piecesOf(THOUGHT).map((text) => ({ text, thought: true })) : [];
  const calls = callParts(request, model, nextId);
  return [...thoughts, ...(calls.length > 0 ? calls : textParts(request, model))];
}

function callParts(request: GeminiRequest, model: string, nextId: () => string): GeminiPart[] {
  const asked = lastText(request);
  if (request.toolConfig?.functionCallingConfig.mode === 'NONE' || resultsIn(request).length > 0) return [];
  const words = new Set(asked.split(/[^\w-]+/));
  const named = declarationsIn(request).filter(({ name }) => words.has(name));
  return named.map(({ name, parametersJsonSchema = {} }, index) => {
    const args = exampleOf(JSON.parse(JSON.stringify(parametersJsonSchema)), words);
    // Ids came with the third generation.
    const id = isThirdGeneration(model) ? { id: nextId() } : {};
    const functionCall = { ...id, name, args: { ...(typeof args === 'object' ? args : {}) } };
    return { functionCall, ...(index === 0 ? { thoughtSignature: signatureOf(functionCall) } : {}) };
  });
}

/** The signature of a text comes behind it, with an empty one. */
function textParts(request: GeminiRequest, model: string): GeminiPart[] {
  const results = resultsIn(request);
  const text = results.length > 0 ? `The tool answered: ${results.join('\n')}` : lastText(request);
  const sealed = isThirdGeneration(model) ? [{ text: '', thoughtSignature: 'c2lnbmVkIHRleHQ=' }] : [];
  return [...piecesOf(text).map((piece) => ({ text: piece })), ...sealed];
}

function lastText({ contents }: GeminiRequest): string {
  const texts = contents.at(-1)?.parts.flatMap(({ text }) => text ?? []) ?? [];
  return texts.join('\n');
}

function resultsIn({ contents }: GeminiRequest): string[] {
  const responses = contents.at(-1)?.parts.flatMap(({ functionResponse }) => functionResponse ?? []) ?? [];
  return responses.map(({ response }) => String(response.output ?? response.error));
}

function piecesOf(text: string): string[] {
  return text.match(/\S*\s?/g)?.filter((piece) => piece !== '') ?? [];
}

/** The parts as an answer that is no stream has them: texts in one piece, the signature on the text itself. */
function whole(parts: readonly GeminiPart[]): GeminiPart[] {
  const joined: GeminiPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (part.text === undefined || last?.text === undefined || part.thought !== last.thought) {
      joined.push({ ...part });
    } else Object.assign(last, part, { text: last.text + part.text });
  }
  return joined;
}

interface Head {
  readonly modelVersion: string;
  readonly responseId: string;
}

function chunk(head: Head, parts: readonly GeminiPart[], finishReason?: string): object {
  const candidate = { content: { role: 'model', parts }, index: 0 };
  const usageMetadata = {
    promptTokenCount: 20,
    candidatesTokenCount: 8,
    thoughtsTokenCount: 3,
    totalTokenCount: 31,
  };
  return {
    candidates: [finishReason === undefined ? candidate : { ...candidate, finishReason }],
    usageMetadata,
    ...head,
  };
}

function sendStream(response: ServerResponse, head: Head, parts: readonly GeminiPart[]): void {
  const chunks = parts.map((part, index) =>
    chunk(head, [part], index === parts.length - 1 ? 'STOP' : undefined),
  );
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.end(sseText(chunks.map((data) => ({ data }))));
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

const STATUS: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
};

function refuse(response: ServerResponse, code: number, message: string): void {
  sendJson(response, code, { error: { code, message, status: STATUS[code] ?? 'UNKNOWN' } });
}

/** A wrong key is a 400 there. */
function refuseKey(response: ServerResponse): void {
  const info = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' };
  const message = 'API key not valid. Please pass a valid API key.';
  sendJson(response, 400, {
    error: { code: 400, message, status: 'INVALID_ARGUMENT', details: [info] },
  });
}
