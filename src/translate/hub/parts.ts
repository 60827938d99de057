import type { Part } from './conversation.ts';

/** A part and those inside of it: a tool's result may hold documents, and they parts of their own. */
export function withInner(part: Part): Part[] {
  if (part.type === 'tool_result') return [part, ...part.content.flatMap(withInner)];
  return part.type === 'document' && part.source.kind === 'content' ? [part, ...part.source.parts] : [part];
}
