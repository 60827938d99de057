import type { Call } from '../domain/call.ts';
import type { Target } from '../domain/provider.ts';
import { chatClient } from './chat/translator.ts';
import { readGeminiEmbeddings, writeGeminiEmbeddings } from './embeddings/gemini.ts';
import { geminiEmbeddingsPath, geminiProvider } from './gemini/translator.ts';
import { LossList, settleLosses } from './hub/losses.ts';
import type { TranslatedCall } from './translation.ts';

/** A call of `/v1/embeddings` for a provider that has only Gemini's own. @throws GatewayError `invalid_request` */
export function translateEmbeddings(
  call: Call,
  target: Target,
  options: { readonly dropUnsupported: boolean; readonly requestId: string },
): TranslatedCall {
  const { provider, model } = target;
  const losses = new LossList({});
  const written = writeGeminiEmbeddings(call.body.json, model.replace(/^models\//, ''), losses);
  const dropped = settleLosses(losses, { provider: provider.id, model }, options.dropUnsupported);
  return {
    upstream: 'embed_content',
    request: {
      path: (provider.paths.embed_content ?? '') + geminiEmbeddingsPath(model),
      headers: {},
      body: JSON.stringify(written.body),
    },
    dropped,
    translation: {
      readAnswer(reply) {
        const { body, usage } = readGeminiEmbeddings(reply, written, model);
        const facts = { id: null, model: null, finishReasons: [] };
        return { usage, facts, isFiltered: false, json: () => body, events: () => '' };
      },
      createStream: null,
      readRefusal: geminiProvider.readError,
      writeRefusal: (error) => chatClient.writeError(error, options.requestId),
    },
  };
}
