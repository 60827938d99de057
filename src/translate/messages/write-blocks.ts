import type { JsonObject } from '../../domain/call.ts';
import { GatewayError } from '../../errors/gateway-error.ts';
import type {
  AssistantPart,
  ReasoningPart,
  ServerToolPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
  UserPart,
} from '../hub/conversation.ts';
import { wrapCustomInput } from '../hub/custom-tools.ts';
import { parseExact } from '../hub/exact-json.ts';
import { isSealOf } from '../hub/seal.ts';
import { ANTHROPIC_NAMES, allowed } from '../hub/tool-names.ts';
import type { RequestContext } from '../hub/translator.ts';
import type { Breakpoints } from './cache.ts';
import { isServerToolBlock } from './server-tools.ts';
import { writeDocument, writeImage } from './write-media.ts';

/** Makes the blocks of a request's messages; what has no form there goes to the losses. */
export class BlockWriter {
  readonly #context: RequestContext;
  readonly #breakpoints: Breakpoints;

  constructor(context: RequestContext, breakpoints: Breakpoints) {
    this.#context = context;
    this.#breakpoints = breakpoints;
  }

  /** null: it cannot be said, or there is nothing to say (the API refuses blank texts). */
  user(part: UserPart): JsonObject | null {
    const block = this.#userBlock(part);
    this.#breakpoints.mark(block, part);
    return block;
  }

  assistant(part: AssistantPart): JsonObject | null {
    switch (part.type) {
      case 'text':
        // Other dialects' citations cannot be proved to Anthropic, and none of its answers depends on them.
        if (part.citations !== undefined) this.#context.losses.omitted(`${part.at}.annotations`);
        return this.text(part);
      case 'refusal':
        return part.text.trim() === '' ? null : { type: 'text', text: part.text };
      case 'reasoning':
        return this.#reasoning(part);
      case 'tool_call':
        return this.#toolCall(part);
      case 'server_tool':
        return this.#serverTool(part);
      case 'document':
        this.#context.losses.unsupported(part.at, 'it takes documents from users only');
        return null;
    }
  }

  text(part: TextPart): JsonObject | null {
    const block: JsonObject | null = part.text.trim() === '' ? null : { type: 'text', text: part.text };
    this.#breakpoints.mark(block, part);
    return block;
  }

  #userBlock(part: UserPart): JsonObject | null {
    const { losses } = this.#context;
    switch (part.type) {
      case 'text':
        return part.text.trim() === '' ? null : { type: 'text', text: part.text };
      case 'image':
        return writeImage(part, losses);
      case 'document':
        return writeDocument(part, losses);
      case 'audio':
        losses.unsupported(part.at, 'it takes no audio');
        return null;
      case 'tool_result':
        return this.#toolResult(part);
    }
  }

  #toolResult({ callId, content, isError }: ToolResultPart): JsonObject {
    const [only] = content;
    const blocks = content.map((part) => this.user(part)).filter((block) => block !== null);
    const written =
      content.length === 1 && only?.type === 'text' && only.cache === undefined ? only.text : blocks;
    return {
      type: 'tool_result',
      tool_use_id: allowed(callId, ANTHROPIC_NAMES),
      ...(written.length === 0 ? {} : { content: written }),
      ...(isError ? { is_error: true } : {}),
    };
  }

  #toolCall(part: ToolCallPart): JsonObject {
    const args = part.kind === 'custom' ? wrapCustomInput(part.arguments) : part.arguments;
    const input = args.trim() === '' ? {} : parseExact(args);
    if (input === null) {
      throw new GatewayError(
        'invalid_request',
        `The field "${part.at}" is a tool call whose arguments are not the JSON of an object.`,
        { param: part.at },
      );
    }
    const name = this.#context.names.sent(part.name);
    const block: JsonObject = { type: 'tool_use', id: allowed(part.id, ANTHROPIC_NAMES), name, input };
    this.#breakpoints.mark(block, part);
    return block;
  }

  /** Only what this very provider signed: anything else it answers with a 400. */
  #reasoning({ text, seal, at }: ReasoningPart): JsonObject | null {
    const { provider, losses } = this.#context;
    if (seal === null || !isSealOf(seal, provider.id, ['anthropic', 'anthropic-redacted'])) {
      losses.omitted(at);
      return null;
    }
    if (seal.origin === 'anthropic-redacted') return { type: 'redacted_thinking', data: seal.data };
    return { type: 'thinking', thinking: text, signature: seal.data };
  }

  #serverTool({ raw, at }: ServerToolPart): JsonObject | null {
    if (isServerToolBlock(raw)) return raw;
    this.#context.losses.omitted(at);
    return null;
  }
}
