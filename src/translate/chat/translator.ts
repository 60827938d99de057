import type { ClientTranslator, ProviderTranslator } from '../hub/translator.ts';
import { readError, writeError } from './error.ts';
import { CHAT_FIELD_NAMES } from './field-names.ts';
import { readReply } from './read-reply.ts';
import { readRequest } from './read-request.ts';
import { ChatStreamReader } from './read-stream.ts';
import { writeReply } from './write-reply.ts';
import { writeRequest } from './write-request.ts';
import { ChatStreamWriter } from './write-stream.ts';

/** Clients that speak OpenAI's Chat Completions. */
export const chatClient: ClientTranslator = {
  fieldNames: CHAT_FIELD_NAMES,
  readRequest,
  writeReply,
  createStreamWriter: (context) => new ChatStreamWriter(context),
  writeError,
};

/** Providers that speak Chat Completions: OpenAI and whoever imitates it. */
export const chatProvider: ProviderTranslator = {
  writeRequest,
  readReply,
  createStreamReader: (context) => new ChatStreamReader(context),
  readError,
};
