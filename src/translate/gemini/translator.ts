import type { ProviderTranslator } from '../hub/translator.ts';
import { AnswerReader } from './answer-reader.ts';
import { readError } from './error.ts';
import { readReply } from './read-reply.ts';
import { writeRequest } from './write-request.ts';

export { isGoogleFile } from './media.ts';
export { geminiEmbeddingsPath, geminiPath } from './path.ts';

/** Gemini's own language (https://ai.google.dev/api/generate-content), which Vertex AI speaks too. */
export const geminiProvider: ProviderTranslator = {
  writeRequest,
  readReply,
  createStreamReader: (context) => new AnswerReader(context),
  readError,
};
