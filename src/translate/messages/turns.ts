import type { JsonObject } from '../../domain/call.ts';
import { GatewayError } from '../../errors/gateway-error.ts';
import type { ToolCallPart, ToolResultPart } from '../hub/conversation.ts';

/** What one side says until the other has its turn. */
export interface Turn {
  readonly role: 'user' | 'assistant';
  /** Of the calls of the turn before; they stand in front. */
  readonly results: JsonObject[];
  readonly blocks: JsonObject[];
  /** Instructions that follow the turn, each with its path. */
  readonly system: { readonly block: JsonObject; readonly at: string }[];
  /** Of the last message in it. */
  at: string;
}

interface OpenCall {
  /** Index of the turn that called. */
  readonly turn: number;
  readonly at: string;
}

/**
 * Messages as alternating turns. All results of a turn's calls stand together at the front of the next one, wherever the
 * client put them (https://platform.claude.com/docs/en/agents-and-tools/tool-use/handle-tool-calls).
 */
export class Turns {
  readonly list: Turn[] = [];
  readonly #open = new Map<string, OpenCall>();

  get last(): Turn | undefined {
    return this.list.at(-1);
  }

  /** The turn that a message belongs to; begun where the other side had the last word. */
  of(role: Turn['role'], at: string): Turn {
    const { last } = this;
    const turn = last?.role === role ? last : this.#begin(role, at);
    turn.at = at;
    return turn;
  }

  call({ id, at }: ToolCallPart, block: JsonObject): void {
    this.of('assistant', at).blocks.push(block);
    this.#open.set(id, { turn: this.list.length - 1, at });
  }

  /** @throws GatewayError `invalid_request` for a result without a call: every provider refuses it. */
  result({ callId, at }: ToolResultPart, block: JsonObject): void {
    const call = this.#open.get(callId);
    if (call === undefined) {
      throw refused(at, 'is the result of a tool call that is not there, or has been answered before');
    }
    this.#open.delete(callId);
    const turn = this.list[call.turn + 1] ?? this.#begin('user', at);
    turn.results.push(block);
  }

  /** @throws GatewayError `invalid_request` for a call without a result, at the end of all messages. */
  settle(): void {
    const [unanswered] = this.#open.values();
    if (unanswered !== undefined) throw refused(unanswered.at, 'is a tool call without a result');
  }

  #begin(role: Turn['role'], at: string): Turn {
    const turn: Turn = { role, results: [], blocks: [], system: [], at };
    this.list.push(turn);
    return turn;
  }
}

function refused(at: string, what: string): GatewayError {
  return new GatewayError('invalid_request', `The field "${at}" ${what}.`, { param: at });
}
