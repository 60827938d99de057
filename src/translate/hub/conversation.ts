import type { JsonObject, JsonValue } from '../../domain/call.ts';

/**
 * A conversation between the dialects: what a client said, in no wire's words. Readers fill it from a client's body,
 * writers make a provider's body of it. `at` is the path of each thing in the client's own body (`messages[2].content[0]`),
 * so that whatever cannot be carried can be named to the client.
 */
export type Message = SystemMessage | UserMessage | AssistantMessage;

interface Placed {
  readonly at: string;
}

/** Instructions. They stand where the client put them: most dialects know them only at the top. */
export interface SystemMessage extends Placed {
  readonly role: 'system';
  readonly content: readonly TextPart[];
  /** `top`: a field of its own (`system`, `instructions`), before all messages. `developer`: OpenAI's newer name for the role. */
  readonly origin: 'top' | 'system' | 'developer';
}

/** What came from outside the model: the user's words and the results of tools, in the client's order. */
export interface UserMessage extends Placed {
  readonly role: 'user';
  readonly content: readonly UserPart[];
  readonly name?: string;
}

export interface AssistantMessage extends Placed {
  readonly role: 'assistant';
  readonly content: readonly AssistantPart[];
  readonly name?: string;
}

export type UserPart = TextPart | ImagePart | DocumentPart | AudioPart | ToolResultPart;
export type AssistantPart =
  | TextPart
  | RefusalPart
  | ReasoningPart
  | ToolCallPart
  | ServerToolPart
  | DocumentPart;
export type Part = UserPart | AssistantPart;

/** A client's wish that the provider caches everything up to here (Anthropic's `cache_control`). */
export interface CacheHint {
  readonly ttl: '5m' | '1h';
}

interface Cacheable extends Placed {
  readonly cache?: CacheHint;
}

export interface TextPart extends Cacheable {
  readonly type: 'text';
  readonly text: string;
  readonly citations?: readonly Citation[];
}

/** Bytes are base64 without a prefix. A file id is good only at the provider that gave it out. */
export type MediaSource =
  | { readonly kind: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'file'; readonly id: string };

export interface ImagePart extends Cacheable {
  readonly type: 'image';
  readonly source: MediaSource;
  /** OpenAI's `detail`. */
  readonly detail?: string;
}

export interface DocumentPart extends Cacheable {
  readonly type: 'document';
  readonly source:
    | MediaSource
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'content'; readonly parts: readonly (TextPart | ImagePart)[] };
  /** The file's name or the document's title. */
  readonly title?: string;
  readonly context?: string;
  /** The client asked for citations of it. */
  readonly citations?: boolean;
}

export interface AudioPart extends Cacheable {
  readonly type: 'audio';
  /** `wav`, `mp3`, … */
  readonly format: string;
  readonly data: string;
}

export interface ToolResultPart extends Cacheable {
  readonly type: 'tool_result';
  readonly callId: string;
  /** The name of the tool, where the client's dialect says it or the call was found. */
  readonly name?: string;
  readonly content: readonly (TextPart | ImagePart | DocumentPart)[];
  readonly isError: boolean;
  readonly kind: ToolKind;
}

export type ToolKind = 'function' | 'custom';

export interface ToolCallPart extends Cacheable {
  readonly type: 'tool_call';
  /** What the result refers to: Chat's `id`, Responses' `call_id`, Anthropic's `id`. */
  readonly id: string;
  readonly name: string;
  /** `function`: JSON text as it came, never parsed and written again; '{}' for none. `custom`: free text. */
  readonly arguments: string;
  readonly kind: ToolKind;
}

/** Reasoning that a client may read (`text`, maybe only a summary) with what its provider needs to take it back. */
export interface ReasoningPart extends Placed {
  readonly type: 'reasoning';
  readonly text: string;
  /** null: nothing was signed, as from models that only have `reasoning_content`. */
  readonly seal: ReasoningSeal | null;
}

/**
 * A provider's own proof of its reasoning, opaque to everybody else. Carried byte for byte, and given back only to the
 * provider that made it.
 * `anthropic`: `signature` of a thinking block. `anthropic-redacted`: `data` of a redacted one. `openai`: `encrypted_content`
 * of a reasoning item. `gemini`: `thoughtSignature`; with an empty text it belongs to the part that follows.
 */
export interface ReasoningSeal {
  readonly origin: 'anthropic' | 'anthropic-redacted' | 'openai' | 'gemini';
  /** Id of the provider that made it; null when the client brought it raw. */
  readonly provider: string | null;
  readonly data: string;
  /** The provider's id of the reasoning item (OpenAI's `rs_…`). */
  readonly id?: string;
}

export interface RefusalPart extends Placed {
  readonly type: 'refusal';
  readonly text: string;
}

/**
 * A tool that the provider runs itself, and its result. Never a client's tool call. `raw` is the provider's own block or
 * item, for the same provider alone.
 */
export interface ServerToolPart extends Placed {
  readonly type: 'server_tool';
  readonly id: string;
  readonly name: string;
  readonly phase: 'call' | 'result';
  readonly raw: JsonObject;
}

/** Where a statement comes from. Offsets of `url` count characters of the text that cites; those of `document` the document's. */
export type Citation =
  | {
      readonly kind: 'url';
      readonly url: string;
      readonly title: string;
      readonly citedText?: string;
      readonly start?: number;
      readonly end?: number;
    }
  | {
      readonly kind: 'document';
      readonly index: number;
      readonly title: string;
      readonly citedText: string;
      readonly unit: 'char' | 'page' | 'block';
      readonly start: number;
      readonly end: number;
      readonly fileId?: string;
    };

export type Tool = FunctionTool | CustomTool | WebSearchTool | ServerTool;

export interface FunctionTool extends Cacheable {
  readonly kind: 'function';
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of the arguments; null: the client gave none. */
  readonly schema: JsonObject | null;
  /** null: the client left it to its dialect's default. */
  readonly strict: boolean | null;
}

/** A tool that takes free text (OpenAI's custom tools). */
export interface CustomTool extends Cacheable {
  readonly kind: 'custom';
  readonly name: string;
  readonly description?: string;
  /** OpenAI's grammar; null: any text. */
  readonly format: JsonObject | null;
}

/** The one server tool that every dialect has a form of. */
export interface WebSearchTool extends Cacheable {
  readonly kind: 'web_search';
  readonly maxUses?: number;
  readonly contextSize?: string;
  readonly allowedDomains?: readonly string[];
  readonly blockedDomains?: readonly string[];
  readonly userLocation?: JsonObject;
}

/** Any other tool that a provider runs: it has no form elsewhere. */
export interface ServerTool extends Cacheable {
  readonly kind: 'server';
  /** The wire's own type, e.g. `code_interpreter` or `bash_20250124`. */
  readonly type: string;
}

export type ToolChoice =
  | { readonly type: 'auto' | 'none' | 'required' }
  | { readonly type: 'tool'; readonly name: string }
  | { readonly type: 'allowed'; readonly mode: 'auto' | 'required'; readonly names: readonly string[] };

export type ResponseFormat =
  | { readonly type: 'json_object' }
  | {
      readonly type: 'json_schema';
      readonly name: string;
      readonly schema: JsonObject;
      readonly strict: boolean | null;
      readonly description?: string;
    };

/** OpenAI's scale, with what others added to it. */
export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

/** How much the model should think. Each field is there only if the client said it. */
export interface ReasoningSettings {
  readonly effort?: Effort;
  /** Anthropic's `thinking.budget_tokens`, Gemini's `thinkingBudget`. */
  readonly budgetTokens?: number;
  /** false: the client turned it off. */
  readonly enabled?: boolean;
  /** The client leaves the amount to the model (Anthropic's `adaptive`). */
  readonly adaptive?: boolean;
  /** The client wants to see a summary: OpenAI's `auto`, `concise`, `detailed`; Anthropic's `display`. */
  readonly summary?: string;
}

/** One request, whatever its dialect. A field is undefined where the client did not say it or said what is the default everywhere. */
export interface Conversation {
  readonly model: string;
  readonly stream: boolean;
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly responseFormat?: ResponseFormat;
  readonly reasoning?: ReasoningSettings;
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly stop?: readonly string[];
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly seed?: number;
  readonly logitBias?: JsonObject;
  /** Number of alternatives per token that are asked for; 0: only that of the chosen ones. */
  readonly topLogprobs?: number;
  readonly choices?: number;
  readonly verbosity?: string;
  readonly serviceTier?: string;
  /** An end user, opaque (`user`, `safety_identifier`, `metadata.user_id`). */
  readonly userId?: string;
  readonly promptCacheKey?: string;
  readonly metadata?: JsonObject;
  /** A cache hint for the whole request (Anthropic's top-level `cache_control`). */
  readonly cache?: CacheHint;
  /**
   * What only the client's own dialect has, by its path there: each is refused or named as dropped, unless the writer
   * of the same family knows it. Values that change nothing (null, a default) are left out by the reader.
   */
  readonly others: Readonly<Record<string, JsonValue>>;
}

/** The fields of a conversation that a client's dialect has a word for. */
export type Setting = Exclude<keyof Conversation, 'model' | 'stream' | 'messages' | 'tools' | 'others'>;
