import { GatewayError } from '../../errors/gateway-error.ts';
import type {
  AssistantMessage,
  Conversation,
  ToolCallPart,
  ToolResultPart,
  UserMessage,
  UserPart,
} from '../hub/conversation.ts';

export interface UserTurn {
  readonly role: 'user';
  /** In the order of the calls that they answer, each with the name of its call. */
  readonly results: ToolResultPart[];
  readonly messages: OutsideMessage[];
}

/** What a user's message holds beside results of tools. */
export interface OutsideMessage {
  readonly at: string;
  readonly parts: readonly Exclude<UserPart, ToolResultPart>[];
}

export interface ModelTurn {
  readonly role: 'model';
  readonly messages: AssistantMessage[];
}

export type Turn = UserTurn | ModelTurn;

/** A call that waits for its result. */
interface OpenCall {
  readonly call: ToolCallPart;
  /** Index of the turn that has to answer. */
  readonly turn: number;
  readonly position: number;
}

/**
 * The messages as turns that alternate. Instructions are no turn there: they stand apart, at the top. Gemini wants a turn's
 * calls answered in the very next one, as many as there were, and matches those without ids by their order.
 *
 * @throws GatewayError `invalid_request` for a call without a result, and a result without a call
 */
export function turnsOf({ messages }: Pick<Conversation, 'messages'>): Turn[] {
  const turns = new Turns();
  for (const message of messages) {
    if (message.role === 'assistant') turns.model(message);
    else if (message.role === 'user') turns.user(message);
  }
  return turns.settled();
}

class Turns {
  readonly #list: Turn[] = [];
  readonly #open = new Map<string, OpenCall>();

  model(message: AssistantMessage): void {
    const last = this.#list.at(-1);
    const turn: ModelTurn = last?.role === 'model' ? last : { role: 'model', messages: [] };
    if (turn !== last) this.#list.push(turn);
    turn.messages.push(message);
    const before = turn.messages.slice(0, -1).flatMap(callsOf).length;
    for (const [i, call] of callsOf(message).entries()) {
      if (this.#open.has(call.id)) throw refused(call.at, 'has the id of another tool call without a result');
      this.#open.set(call.id, { call, turn: this.#list.length, position: before + i });
    }
  }

  user({ content, at }: UserMessage): void {
    for (const part of content) if (part.type === 'tool_result') this.#result(part);
    const parts = content.filter((part) => part.type !== 'tool_result');
    if (parts.length > 0) this.#userTurn(this.#list.at(-1)).messages.push({ at, parts });
  }

  settled(): Turn[] {
    const [unanswered] = this.#open.values();
    if (unanswered !== undefined) throw refused(unanswered.call.at, 'is a tool call without a result');
    return this.#list;
  }

  #result(part: ToolResultPart): void {
    const open = this.#open.get(part.callId);
    if (open === undefined) {
      throw refused(part.at, 'is the result of a tool call that is not there, or has been answered before');
    }
    this.#open.delete(part.callId);
    const { results } = this.#userTurn(this.#list[open.turn]);
    results[open.position] = { ...part, name: open.call.name };
  }

  /** The turn if it is a user's, else a new one at the end. */
  #userTurn(turn: Turn | undefined): UserTurn {
    if (turn?.role === 'user') return turn;
    const begun: UserTurn = { role: 'user', results: [], messages: [] };
    this.#list.push(begun);
    return begun;
  }
}

function callsOf({ content }: AssistantMessage): ToolCallPart[] {
  return content.filter((part) => part.type === 'tool_call');
}

function refused(at: string, what: string): GatewayError {
  return new GatewayError('invalid_request', `The field "${at}" ${what}.`, { param: at });
}
