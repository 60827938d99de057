import * as z from 'zod';
import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { ApiError } from './errors.ts';

export const count = z.number().int().min(1).nullish();
export const flag = z.boolean().nullish();
export const objects = z.array(z.looseObject({}));
export const content = z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]);

const head = z.looseObject({ model: z.string().min(1).max(256), stream: flag });

const decoder = new TextDecoder();

/** @throws ApiError 400 unless the body is a JSON object. */
export function readJson(body: Uint8Array | string | null): JsonObject {
  let value: JsonValue;
  try {
    value = JSON.parse(body instanceof Uint8Array ? decoder.decode(body) : (body ?? ''));
  } catch {
    throw new ApiError(400, 'The body is not valid JSON.');
  }
  if (isObject(value)) return value;
  throw new ApiError(400, 'The body is not a JSON object.');
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws ApiError 400 that names the first field at fault. */
export function read<T>(shape: z.ZodType<T>, value: unknown): T {
  const result = shape.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const param = pathOf(issue?.path ?? []);
  const message = `${param === '' ? 'body' : param}: ${issue?.message ?? 'invalid'}`;
  throw new ApiError(400, message, param === '' ? {} : { param });
}

export function readHead(body: JsonObject): { readonly model: string; readonly stream: boolean } {
  const { model, stream } = read(head, body);
  return { model, stream: stream === true };
}

function pathOf(path: readonly PropertyKey[]): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i === 0 ? '' : '.'}${String(part)}`))
    .join('');
}
