import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { asObject } from '../../json.ts';
import { base64ToFloats, type EmbeddingEncoding, floatsToBase64 } from './encoding.ts';

/**
 * An answer of `/v1/embeddings` with its vectors in the encoding that the client asked for. Those that are in it already, and
 * those that are neither floats nor base64 of floats, stay as they are; so does everything beside the vectors.
 */
export function convertEmbeddings(reply: JsonObject, to: EmbeddingEncoding): JsonObject {
  if (!Array.isArray(reply.data)) return reply;
  return { ...reply, data: reply.data.map((item) => convertItem(item, to)) };
}

function convertItem(item: JsonValue, to: EmbeddingEncoding): JsonValue {
  const object = asObject(item);
  const embedding = object?.embedding;
  if (object === null || embedding === undefined) return item;
  return { ...object, embedding: to === 'base64' ? toBase64(embedding) : toFloats(embedding) };
}

function toBase64(embedding: JsonValue): JsonValue {
  if (!Array.isArray(embedding)) return embedding;
  const values = embedding.filter((value) => typeof value === 'number');
  return values.length === embedding.length ? floatsToBase64(values) : embedding;
}

function toFloats(embedding: JsonValue): JsonValue {
  return typeof embedding === 'string' ? (base64ToFloats(embedding) ?? embedding) : embedding;
}
