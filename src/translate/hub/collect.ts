import type { AssistantPart, Citation, ReasoningSeal } from './conversation.ts';
import type { BlockStart, Finish, Reply, StreamPart } from './reply.ts';

/** A whole answer as the parts of a stream, a block in one delta. */
export function partsOf(reply: Reply): StreamPart[] {
  const blocks = reply.content.flatMap(blockParts);
  const { finish, usage, serviceTier } = reply;
  return [
    { type: 'start', id: reply.id, model: reply.model, usage },
    ...blocks,
    { type: 'finish', finish, usage, ...(serviceTier === undefined ? {} : { serviceTier }) },
  ];
}

function blockParts(part: AssistantPart, index: number): StreamPart[] {
  const end: StreamPart = { type: 'block_end', index };
  switch (part.type) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      return [{ type: 'block_start', index, block: { type: part.type } }, ...textParts(part, index), end];
    case 'tool_call': {
      const { type, id, name, kind } = part;
      return [
        { type: 'block_start', index, block: { type, id, name, kind } },
        { type: 'arguments_delta', index, text: part.arguments },
        end,
      ];
    }
    case 'server_tool': {
      const { type, id, name, phase, raw } = part;
      return [{ type: 'block_start', index, block: { type, id, name, phase, raw } }, end];
    }
    case 'document':
      // Models do not answer with documents: the part exists for what clients put in an assistant's mouth.
      return [{ type: 'block_start', index, block: { type: 'text' } }, end];
  }
}

function textParts(
  part: Extract<AssistantPart, { type: 'text' | 'refusal' | 'reasoning' }>,
  index: number,
): StreamPart[] {
  const out: StreamPart[] = part.text === '' ? [] : [{ type: 'text_delta', index, text: part.text }];
  if (part.type === 'text') {
    out.push(...(part.citations ?? []).map((citation) => ({ type: 'citation', index, citation }) as const));
  }
  if (part.type === 'reasoning' && part.seal !== null) out.push({ type: 'seal', index, seal: part.seal });
  return out;
}

/** One block while it grows. */
export interface GrowingBlock {
  readonly start: BlockStart;
  text: string;
  readonly citations: Citation[];
  seal: ReasoningSeal | null;
  ended: boolean;
}

/** What has come of a streamed answer so far; for writers whose events repeat it, and to make a whole answer of a stream. */
export class Collected {
  id = '';
  model = '';
  usage: Reply['usage'] = null;
  finish: Finish | null = null;
  serviceTier: string | undefined;
  /** By index. */
  readonly blocks = new Map<number, GrowingBlock>();

  add(part: StreamPart): void {
    switch (part.type) {
      case 'start':
        this.id = part.id;
        this.model = part.model;
        this.usage = part.usage;
        return;
      case 'block_start':
        this.blocks.set(part.index, { start: part.block, text: '', citations: [], seal: null, ended: false });
        return;
      case 'finish':
        this.finish = part.finish;
        this.usage = part.usage ?? this.usage;
        this.serviceTier = part.serviceTier;
        return;
      case 'ping':
      case 'error':
        return;
    }
    const block = this.blocks.get(part.index);
    if (block === undefined) return;
    if (part.type === 'citation') block.citations.push(part.citation);
    else if (part.type === 'seal') block.seal = part.seal;
    else if (part.type === 'block_end') block.ended = true;
    else block.text += part.text;
  }

  /** The answer so far, blocks in the order in which they began. */
  content(): AssistantPart[] {
    return [...this.blocks.values()].map(contentOf);
  }
}

/** A block as the part of an answer that it is so far. */
export function contentOf({ start, text, citations, seal }: GrowingBlock): AssistantPart {
  const at = '';
  switch (start.type) {
    case 'text':
      return { type: 'text', text, at, ...(citations.length === 0 ? {} : { citations }) };
    case 'refusal':
      return { type: 'refusal', text, at };
    case 'reasoning':
      return { type: 'reasoning', text, seal, at };
    case 'tool_call':
      return { ...start, arguments: text === '' && start.kind === 'function' ? '{}' : text, at };
    case 'server_tool':
      return { ...start, at };
  }
}
