import type { ClientTranslator, ProviderTranslator } from '../hub/translator.ts';
import { readError, writeError } from './error.ts';
import { readReply } from './read-reply.ts';
import { FIELD_NAMES, readRequest } from './read-request.ts';
import { MessagesStreamReader } from './read-stream.ts';
import { writeReply } from './write-reply.ts';
import { writeRequest } from './write-request.ts';
import { MessagesStreamWriter } from './write-stream.ts';

export { messagesVersion } from './version.ts';

/** Clients that speak the Messages API. */
export const messagesClient: ClientTranslator = {
  fieldNames: FIELD_NAMES,
  readRequest,
  writeReply,
  createStreamWriter: (context) => new MessagesStreamWriter(context),
  writeError,
};

/** Providers that speak the Messages API. */
export const messagesProvider: ProviderTranslator = {
  writeRequest,
  readReply,
  createStreamReader: (context) => new MessagesStreamReader(context),
  readError,
};
