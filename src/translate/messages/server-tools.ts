import type { JsonObject } from '../../domain/call.ts';
import { textOf } from '../../json.ts';
import type { ServerToolPart } from '../hub/conversation.ts';

/** A tool that Anthropic runs itself was called. Its input streams in as JSON text. */
export function isServerToolCall({ type }: JsonObject): boolean {
  return type === 'server_tool_use' || type === 'mcp_tool_use';
}

/** Such a call, or its result. A client's own `tool_result` is none. */
export function isServerToolBlock(block: JsonObject): boolean {
  return isServerToolCall(block) || textOf(block.type).endsWith('_tool_result');
}

export function readServerTool(block: JsonObject, at: string): ServerToolPart {
  const call = isServerToolCall(block);
  return {
    type: 'server_tool',
    id: textOf(call ? block.id : block.tool_use_id),
    name: call ? textOf(block.name) : textOf(block.type).replace(/_tool_result$/, ''),
    phase: call ? 'call' : 'result',
    raw: block,
    at,
  };
}
