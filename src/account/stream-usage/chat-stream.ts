import type { JsonObject, JsonValue } from '../../domain/call.ts';
import type { ReplyFacts } from '../../domain/reply-facts.ts';
import type { Usage } from '../../domain/usage.ts';
import { asObject, parseObject } from '../../json.ts';
import { said } from '../../protocols/reply-facts.ts';
import { chatUsage } from '../../usage/chat.ts';
import { withServiceTier } from '../../usage/service-tier.ts';
import { estimateDelta } from './estimate.ts';
import type { EventReader, StreamState } from './reader.ts';

const TEXT = /"(?:content|arguments|reasoning_content|reasoning|text|refusal)"\s*:\s*"/g;

/**
 * A chunk worth parsing: usage (OpenAI puts `"usage":null` on every chunk once it is asked for), the end of a choice,
 * an error (some put an explicit null there), or another choice than the first. Quotes in text are escaped, so that no
 * text looks like this.
 */
const MATTERS = /"(?:usage"\s*:\s*\{|finish_reason"\s*:\s*"|error"\s*:\s*[^n\s]|index"\s*:\s*[1-9])/;

/** Chat Completions and Completions. Some upstreams send no `[DONE]`, others no finish reason: either ends a stream. */
export class ChatEventReader implements EventReader {
  #usage: Usage | null = null;
  #output = 0;
  #done = false;
  #failed = false;
  /** The finish reason of each choice that was seen; null: none yet. */
  readonly #finished = new Map<JsonValue | undefined, string | null>();
  #tier: string | null = null;
  #id: string | null = null;
  #model: string | null = null;

  event(name: string, data: string): void {
    if (name === 'error') this.#failed = true;
    if (data.startsWith('[DONE]')) {
      this.#done = true;
      return;
    }
    this.#output += estimateDelta(data, TEXT);
    if (!this.#finished.has(0) || MATTERS.test(data)) this.#read(parseObject(data));
  }

  usage(): Usage | null {
    return withServiceTier(this.#usage, this.#tier);
  }

  estimatedOutput(): number {
    return this.#output;
  }

  facts(): ReplyFacts {
    const finishReasons = [...this.#finished.values()].filter((reason) => reason !== null);
    return { id: this.#id, model: this.#model, finishReasons };
  }

  state(): StreamState {
    if (this.#failed) return 'failed';
    return this.#done || this.#allChoicesFinished() ? 'finished' : 'open';
  }

  #allChoicesFinished(): boolean {
    return this.#finished.size > 0 && [...this.#finished.values()].every((reason) => reason !== null);
  }

  #read(chunk: JsonObject | null): void {
    if (chunk === null) return;
    if (chunk.error) this.#failed = true;
    this.#id ??= said(chunk.id);
    this.#model ??= said(chunk.model);
    this.#tier = said(chunk.service_tier) ?? this.#tier;
    this.#usage = chatUsage(chunk.usage) ?? this.#usage;
    for (const choice of Array.isArray(chunk.choices) ? chunk.choices : []) {
      this.#readChoice(asObject(choice) ?? {});
    }
  }

  #readChoice({ index, finish_reason: reason, error }: JsonObject): void {
    // Mistral and OpenRouter give a choice that broke off this reason, OpenRouter with the error beside it.
    if (reason === 'error' || error) this.#failed = true;
    this.#finished.set(index, said(reason) ?? this.#finished.get(index) ?? null);
  }
}
