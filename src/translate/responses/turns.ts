import type {
  AssistantPart,
  Message,
  SystemMessage,
  TextPart,
  ToolCallPart,
  ToolResultPart,
  UserPart,
} from '../hub/conversation.ts';
import { invalid } from './fields.ts';

/**
 * Gathers items to messages: one turn of the assistant lies in several items (reasoning, message, calls), and so do the
 * outputs of the calls that it made at once.
 */
export class Turns {
  readonly messages: Message[] = [];
  readonly #calls = new Map<string, ToolCallPart>();
  readonly #results = new Map<string, ToolResultPart>();
  /** The parts of the last message, while more may join it. */
  #assistant: AssistantPart[] | null = null;
  #outputs: UserPart[] | null = null;

  system(content: TextPart[], origin: SystemMessage['origin'], at: string): void {
    this.#close();
    this.messages.push({ role: 'system', content, origin, at });
  }

  user(content: UserPart[], at: string): void {
    this.#close();
    this.messages.push({ role: 'user', content, at });
  }

  assistant(parts: readonly AssistantPart[], at: string): void {
    this.#outputs = null;
    if (this.#assistant === null) {
      this.#assistant = [];
      this.messages.push({ role: 'assistant', content: this.#assistant, at });
    }
    this.#assistant.push(...parts);
  }

  call(call: ToolCallPart): void {
    this.#calls.set(call.id, call);
    this.assistant([call], call.at);
  }

  result(result: ToolResultPart): void {
    this.#assistant = null;
    if (this.#outputs === null) {
      this.#outputs = [];
      this.messages.push({ role: 'user', content: this.#outputs, at: result.at });
    }
    this.#results.set(result.callId, result);
    this.#outputs.push(result);
  }

  /** The name of the tool that was called. */
  nameOf(callId: string): string | undefined {
    return this.#calls.get(callId)?.name;
  }

  /** OpenAI refuses the one without the other, and no provider could make sense of it. */
  checkPairs(): void {
    for (const [id, { at }] of this.#results) {
      if (!this.#calls.has(id))
        throw invalid(`${at}.call_id`, `is "${id}", and no call in the input has that id`);
    }
    for (const [id, { at }] of this.#calls) {
      if (!this.#results.has(id)) throw invalid(at, `is a call ("${id}") whose output is not in the input`);
    }
  }

  #close(): void {
    this.#assistant = null;
    this.#outputs = null;
  }
}
