import type { Conversation, Tool, ToolKind } from './conversation.ts';

/** What a wire allows as a tool's name or a call's id. */
export interface NameRule {
  /** Matches one character that is not allowed. */
  readonly forbidden: RegExp;
  /** Matches a text that begins as it may. Default: with any character that is allowed. */
  readonly mayStart?: RegExp;
  readonly maxLength: number;
}

/** OpenAI: https://platform.openai.com/docs/api-reference/chat/create#chat_create-tools-function-name */
export const OPENAI_NAMES: NameRule = { forbidden: /[^A-Za-z0-9_-]/g, maxLength: 64 };
/** Anthropic: https://platform.claude.com/docs/en/agents-and-tools/tool-use/implement-tool-use */
export const ANTHROPIC_NAMES: NameRule = { forbidden: /[^A-Za-z0-9_-]/g, maxLength: 128 };
/** Gemini: https://ai.google.dev/api/caching#FunctionDeclaration */
export const GEMINI_NAMES: NameRule = {
  forbidden: /[^A-Za-z0-9_.:-]/g,
  mayStart: /^[A-Za-z_]/,
  maxLength: 128,
};

/**
 * The names of a call's tools, there and back: a name that the target does not allow is sent in another form, and the
 * client reads its own again. One for each call, since two of its tools must never meet in one name.
 */
export class ToolNames {
  readonly #sent = new Map<string, string>();
  readonly #received = new Map<string, Tool>();
  readonly #rule: NameRule;

  constructor(conversation: Pick<Conversation, 'tools'>, rule: NameRule) {
    this.#rule = rule;
    for (const tool of conversation.tools) {
      if (tool.kind !== 'function' && tool.kind !== 'custom') continue;
      const name = this.#free(allowed(tool.name, rule));
      this.#sent.set(tool.name, name);
      this.#received.set(name, tool);
    }
  }

  /** The name for the provider; of a tool that is no longer offered too (old calls in the history). */
  sent(name: string): string {
    return this.#sent.get(name) ?? allowed(name, this.#rule);
  }

  /** The client's own name. */
  received(name: string): string {
    const tool = this.#received.get(name);
    return tool === undefined || (tool.kind !== 'function' && tool.kind !== 'custom') ? name : tool.name;
  }

  /** `custom` where the client offered it so, even if the provider was told of a function. */
  kindOf(receivedName: string): ToolKind {
    return this.#received.get(receivedName)?.kind === 'custom' ? 'custom' : 'function';
  }

  #free(name: string): string {
    if (!this.#received.has(name)) return name;
    for (let i = 2; ; i++) {
      const other = `${name.slice(0, this.#rule.maxLength - String(i).length - 1)}_${i}`;
      if (!this.#received.has(other)) return other;
    }
  }
}

/**
 * A name or id in a form that the wire allows; the same one for the same text, so that a call and its result still meet.
 * What is changed ends in a hash of the original, so that two originals do not meet in one.
 */
export function allowed(text: string, rule: NameRule): string {
  const replaced = text.replaceAll(rule.forbidden, '_');
  const clean = rule.mayStart?.test(replaced) === false ? `_${replaced}` : replaced;
  if (clean === text && text.length <= rule.maxLength && text !== '') return text;
  const mark = `_${hash(text)}`;
  return clean.slice(0, rule.maxLength - mark.length) + mark;
}

/** FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return value.toString(36);
}
