import { GatewayError } from '../../errors/gateway-error.ts';

/**
 * Path of a call below a base such as `https://generativelanguage.googleapis.com/v1beta/models`
 * (https://ai.google.dev/api/generate-content#method:-models.generatecontent).
 *
 * @throws GatewayError `invalid_request` for a model that could lead to another path.
 */
export function geminiPath(model: string, stream: boolean): string {
  return methodPath(model, stream ? 'streamGenerateContent?alt=sse' : 'generateContent');
}

/** Path of the embeddings of many texts (https://ai.google.dev/api/embeddings#method:-models.batchembedcontents). */
export function geminiEmbeddingsPath(model: string): string {
  return methodPath(model, 'batchEmbedContents');
}

/** Google lists its models as `models/…`: both forms name the same one. */
function methodPath(model: string, method: string): string {
  const name = model.startsWith('models/') ? model.slice('models/'.length) : model;
  if (!MODEL_NAME.test(name)) {
    throw new GatewayError('invalid_request', `The model "${model}" cannot be the name of a Gemini model.`, {
      param: 'model',
    });
  }
  return `/${encodeURIComponent(name)}:${method}`;
}

/** No slash, colon, percent sign, query or fragment, and no dot in front: nothing that a server may take for another path. */
const MODEL_NAME = /^\w[\w.@-]*$/;
