import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { OpenAIProvider } from '@openai/agents';
import OpenAI from 'openai';
import type { Json } from '../support/corpus.ts';
import { type ClientWire, objects, text } from './translate-meaning.ts';
import { stubbed } from './translate-sdks.ts';

/** What a client library makes of a stream: its text, and the names of the tools it would run. */
export interface Read {
  readonly text: string;
  readonly tools: readonly string[];
}

const BASE = { apiKey: 'k', baseURL: 'http://127.0.0.1:9' };

/** A stream as each library reads it that knows the dialect; a message where it throws. */
export async function readByOthers(
  client: ClientWire,
  answer: string,
): Promise<[library: string, Read | string][]> {
  const told = (fault: Error) => fault.message;
  const aiSdk = await readByAiSdk(client, answer).catch(told);
  // To the agents SDK an answer that was cut short is a failure.
  if (client === 'messages' || answer.includes('event: response.incomplete')) return [['AI SDK', aiSdk]];
  return [
    ['AI SDK', aiSdk],
    ['agents', await readByAgents(client, answer).catch(told)],
  ];
}

/** @throws Error of the AI SDK, also where it meets an error in the stream. */
async function readByAiSdk(client: ClientWire, answer: string): Promise<Read> {
  const fetch = stubbed(answer, true);
  const models = {
    chat: () => createOpenAI({ ...BASE, fetch }).chat('gpt-4o'),
    responses: () => createOpenAI({ ...BASE, fetch }).responses('gpt-4o'),
    messages: () => createAnthropic({ ...BASE, fetch })('claude-sonnet-4-5'),
  };
  const { stream } = await models[client]().doStream({
    prompt: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
  });
  const read = { text: '', tools: [] as string[] };
  for await (const part of stream) {
    if (part.type === 'error') throw part.error;
    if (part.type === 'text-delta') read.text += part.delta;
    else if (part.type === 'tool-call' && part.providerExecuted !== true) read.tools.push(part.toolName);
  }
  return read;
}

/** @throws Error of the agents SDK. */
async function readByAgents(client: 'chat' | 'responses', answer: string): Promise<Read> {
  const openAIClient = new OpenAI({ ...BASE, maxRetries: 0, fetch: stubbed(answer, true) });
  const model = await new OpenAIProvider({ openAIClient, useResponses: client === 'responses' }).getModel(
    'gpt-4o',
  );
  const request = {
    input: 'Hi',
    modelSettings: {},
    tools: [],
    outputType: 'text' as const,
    handoffs: [],
    tracing: false,
  };
  let output: Json[] = [];
  for await (const event of model.getStreamedResponse(request)) {
    if (event.type === 'response_done') output = objects(event.response.output);
  }
  const said = output.filter(({ type }) => type === 'message').flatMap(({ content }) => objects(content));
  return {
    text: said.map((part) => text(part.text)).join(''),
    tools: output.filter(({ type }) => type === 'function_call').map(({ name }) => text(name)),
  };
}
