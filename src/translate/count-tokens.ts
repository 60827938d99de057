import type { CountTokens } from '../ports/tokenizer.ts';
import type {
  AssistantPart,
  AudioPart,
  Conversation,
  DocumentPart,
  ImagePart,
  MediaSource,
  Message,
  Tool,
  UserPart,
} from './hub/conversation.ts';
import { imageSize } from './media/image-size.ts';

export interface ConversationTokens {
  /** Anthropic's `input_tokens`. */
  readonly inputTokens: number;
  /** False only for text that was counted by OpenAI's own tokenizer; whether the model uses that is for the caller to know. */
  readonly estimated: boolean;
}

/** For each message (its role and what is around it), for a name in it, and for the answer that the model begins: https://cookbook.openai.com/examples/how_to_count_tokens_with_tiktoken */
const PER_MESSAGE = 4;
const PER_NAME = 1;
const PER_ANSWER = 3;
/** The same page, for the models since GPT-4o. The schema is counted as its JSON, which is what open models are shown. */
const PER_TOOL = 7;
const AFTER_TOOLS = 12;

/** OpenAI's for GPT-4o: https://platform.openai.com/docs/guides/images-vision#calculating-costs */
const PER_IMAGE = 85;
const PER_TILE = 170;
const TILE = 512;
/** What an image is taken to be that does not show its size, as one behind a URL. */
const USUAL_IMAGE = { width: 1024, height: 1024 };

/** Anthropic: a page of a PDF takes 1500 to 3000 tokens. How many pages there are is in the file, compressed: by size, then. */
const PER_PAGE = 2000;
const BYTES_PER_PAGE = 50_000;
/** Of text that came as a file. */
const BYTES_PER_TOKEN = 4;

/** Ten a second, of 16 kB for what is compressed and 48 kB for what is not. */
const AUDIO_BYTES_PER_TOKEN = { compressed: 1600, plain: 4800 } as const;

/**
 * The input tokens of a conversation, for providers that count none themselves. Reasoning counts in the turn under way
 * only: of earlier turns, providers leave it out. Settings and tools that a provider runs itself are not counted.
 */
export async function countConversation(
  conversation: Conversation,
  countTokens: CountTokens,
  signal: AbortSignal,
): Promise<ConversationTokens> {
  const tally = new Tally();
  const underWay = turnUnderWay(conversation.messages);
  for (const [i, message] of conversation.messages.entries()) tally.message(message, i > underWay);
  tally.tools(conversation.tools);
  if (conversation.responseFormat?.type === 'json_schema') {
    tally.json({ name: conversation.responseFormat.name, schema: conversation.responseFormat.schema });
    tally.guess(0);
  }
  const { tokens, estimated } = await countTokens(tally.texts, signal);
  return { inputTokens: tokens + tally.fixed + PER_ANSWER, estimated: estimated || tally.guessed };
}

/** Where the user last said something, which starts a turn; results of tools only go on with it. */
function turnUnderWay(messages: readonly Message[]): number {
  return messages.findLastIndex(
    ({ role, content }) => role === 'user' && content.some(({ type }) => type !== 'tool_result'),
  );
}

/** What there is to count: texts, and tokens that stand for something else. */
class Tally {
  readonly texts: string[] = [];
  fixed = 0;
  guessed = false;

  guess(tokens: number): void {
    this.fixed += tokens;
    this.guessed = true;
  }

  json(value: object): void {
    this.texts.push(JSON.stringify(value));
  }

  message(message: Message, isUnderWay: boolean): void {
    // In Chat each result of a tool is a message of its own.
    const results = message.content.filter(({ type }) => type === 'tool_result').length;
    this.fixed += PER_MESSAGE * (results < message.content.length ? results + 1 : Math.max(results, 1));
    if ('name' in message && message.name !== undefined) {
      this.texts.push(message.name);
      this.fixed += PER_NAME;
    }
    for (const part of message.content) this.#part(part, isUnderWay);
  }

  tools(tools: readonly Tool[]): void {
    if (tools.length > 0) this.guess(0);
    const own = tools.filter(({ kind }) => kind === 'function' || kind === 'custom');
    if (own.length > 0) this.guess(AFTER_TOOLS + PER_TOOL * own.length);
    for (const tool of tools) {
      if (tool.kind === 'function') this.json({ ...named(tool), parameters: tool.schema });
      else if (tool.kind === 'custom') this.json({ ...named(tool), format: tool.format });
    }
  }

  #part(part: UserPart | AssistantPart, isUnderWay: boolean): void {
    switch (part.type) {
      case 'text':
      case 'refusal':
        this.texts.push(part.text);
        break;
      case 'reasoning':
        if (isUnderWay) this.texts.push(part.text);
        break;
      case 'image':
        this.guess(imageTokens(part));
        break;
      case 'document':
        this.#document(part);
        break;
      case 'audio':
        this.guess(audioTokens(part));
        break;
      case 'tool_call':
        this.texts.push(part.name, part.arguments);
        this.guess(PER_MESSAGE);
        break;
      case 'tool_result':
        for (const inner of part.content) this.#part(inner, isUnderWay);
        break;
      case 'server_tool':
        this.json(part.raw);
        this.guess(0);
        break;
    }
  }

  #document({ source, title, context }: DocumentPart): void {
    this.texts.push(title ?? '', context ?? '');
    if (source.kind === 'text') this.texts.push(source.text);
    else if (source.kind === 'content') for (const inner of source.parts) this.#part(inner, false);
    else this.guess(fileTokens(source));
  }
}

function named({ name, description }: { readonly name: string; readonly description?: string }) {
  return { name, description };
}

/** The image is made to fit 2048 by 2048, then its shorter side 768, and cut into tiles of 512 by 512. */
function imageTokens({ source, detail }: ImagePart): number {
  if (detail === 'low') return PER_IMAGE;
  const { width, height } = (source.kind === 'base64' ? imageSize(source.data) : null) ?? USUAL_IMAGE;
  const fit = Math.min(1, 2048 / Math.max(width, height));
  const scale = fit * Math.min(1, 768 / (Math.min(width, height) * fit));
  // A millionth of a pixel is rounding, not a further row of tiles.
  const tiles = (side: number) => Math.max(1, Math.ceil((side * scale) / TILE - 1e-6));
  return PER_IMAGE + PER_TILE * tiles(width) * tiles(height);
}

function audioTokens({ format, data }: AudioPart): number {
  const perToken = AUDIO_BYTES_PER_TOKEN[format === 'wav' || format === 'pcm16' ? 'plain' : 'compressed'];
  return Math.ceil(bytesOf(data) / perToken);
}

/** Of what is not here, one page. */
function fileTokens(source: MediaSource): number {
  const bytes = source.kind === 'base64' ? bytesOf(source.data) : 0;
  if (source.kind === 'base64' && source.mediaType.startsWith('text/'))
    return Math.ceil(bytes / BYTES_PER_TOKEN);
  return PER_PAGE * Math.max(1, Math.ceil(bytes / BYTES_PER_PAGE));
}

function bytesOf(base64: string): number {
  return Math.floor((base64.length * 3) / 4);
}
