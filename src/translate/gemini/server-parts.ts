import type { JsonObject } from '../../domain/call.ts';
import { asObject, textOf } from '../../json.ts';
import type { BlockStart } from '../hub/reply.ts';

/** True for what the provider's own tools did (https://ai.google.dev/api/caching#Part): they come back as they came. */
export function isServerPart(part: JsonObject): boolean {
  return ['toolCall', 'toolResponse', 'executableCode', 'codeExecutionResult'].some(
    (kind) => part[kind] !== undefined,
  );
}

/** `raw` has its signature in it. */
export function serverBlock(part: JsonObject): BlockStart {
  const call = asObject(part.toolCall) ?? asObject(part.executableCode);
  const about = call ?? asObject(part.toolResponse) ?? asObject(part.codeExecutionResult) ?? {};
  return {
    type: 'server_tool',
    id: textOf(about.id),
    name: (textOf(about.toolType) || 'code_execution').toLowerCase(),
    phase: call === null ? 'result' : 'call',
    raw: part,
  };
}
