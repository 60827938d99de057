import type { JsonObject, JsonValue } from '../domain/call.ts';
import type { Dialect } from '../domain/dialect.ts';
import { objectAt, objectsIn, parseObject, textOf } from '../json.ts';
import { EventLines, typeOf } from '../streams/event-lines.ts';
import { LineScanner } from '../streams/lines.ts';
import type { Recording } from './broadcast.ts';
import { choiceEnding, type Ending, messageEnding, responseEnding, worst } from './ending.ts';

interface EndingReader {
  event(name: string, data: string): void;
  ending(sourceEnded: boolean): Ending;
}

/** How a recorded stream ended. */
export function streamEnding(dialect: Dialect, { chunks, ended }: Recording): Ending {
  const reader = createReader(dialect);
  if (reader === null) return 'broken';
  const lines = new EventLines((name, data) => reader.event(name, data));
  // A line that was passed over may have been the one that tells of an error.
  let tooLong = false;
  const onTooLong = () => {
    tooLong = true;
  };
  const scanner = new LineScanner((line) => lines.line(line), { onTooLong });
  for (const chunk of chunks) scanner.feed(chunk);
  scanner.flush();
  lines.settle();
  return tooLong ? 'broken' : reader.ending(ended);
}

function createReader(dialect: Dialect): EndingReader | null {
  switch (dialect) {
    case 'openai-chat':
    case 'openai-completions':
      return new ChatEnding();
    case 'anthropic-messages':
      return new MessagesEnding();
    case 'openai-responses':
      return new ResponsesEnding();
    case 'openai-embeddings':
      return null;
  }
}

/** Chunks worth parsing: the end of a choice, an error, a refusal, another choice than the first. */
const CHAT_MATTERS =
  /"(?:finish_reason"\s*:\s*"|error"\s*:\s*[^n\s]|refusal"\s*:\s*"[^"]|index"\s*:\s*[1-9])/;

class ChatEnding implements EndingReader {
  readonly #choices = new Map<JsonValue | undefined, Ending>();
  #refused = false;
  #failed = false;
  #done = false;

  event(name: string, data: string): void {
    if (name === 'error') this.#failed = true;
    else if (data.startsWith('[DONE]')) this.#done = true;
    else if (this.#choices.size === 0 || CHAT_MATTERS.test(data)) this.#read(parseObject(data));
  }

  /** Some servers send no `[DONE]`; but where the end was not read either, usage might still have come. */
  ending(sourceEnded: boolean): Ending {
    if (this.#failed || !(this.#done || sourceEnded)) return 'broken';
    const ending = worst([...this.#choices.values()]);
    return ending === 'whole' && this.#refused ? 'refused' : ending;
  }

  #read(chunk: JsonObject | null): void {
    if (chunk === null || chunk.error) this.#failed = true;
    for (const choice of objectsIn(chunk?.choices)) {
      const { index, finish_reason: reason } = choice;
      if (textOf(objectAt(choice, 'delta').refusal) !== '') this.#refused = true;
      if (choice.error || textOf(reason) !== '') this.#choices.set(index, choiceEnding(choice));
      else if (!this.#choices.has(index)) this.#choices.set(index, 'broken');
    }
  }
}

const MESSAGES_MATTERS = /^\s*\{\s*"error"|"type"\s*:\s*"(?:message_delta|message_stop|error)"/;
const MESSAGES_NAMES: ReadonlySet<string> = new Set(['message_delta', 'message_stop', 'error']);

class MessagesEnding implements EndingReader {
  #reason: JsonValue | undefined;
  #stopped = false;
  #failed = false;

  event(name: string, data: string): void {
    if (!MESSAGES_NAMES.has(name) && !MESSAGES_MATTERS.test(data)) return;
    const event = parseObject(data);
    const type = typeOf(name, event);
    if (type === 'message_delta') this.#reason = objectAt(event ?? {}, 'delta').stop_reason ?? this.#reason;
    else if (type === 'message_stop') this.#stopped = true;
    else if (type === 'error') this.#failed = true;
  }

  ending(): Ending {
    return this.#failed || !this.#stopped ? 'broken' : messageEnding(this.#reason);
  }
}

const RESPONSES_MATTERS =
  /^\s*\{\s*"error"|"type"\s*:\s*"(?:response\.(?:completed|incomplete|failed)|error)"/;
const RESPONSES_ENDS: ReadonlySet<string> = new Set(['response.completed', 'response.incomplete']);

class ResponsesEnding implements EndingReader {
  #ending: Ending | null = null;

  event(name: string, data: string): void {
    if (name.endsWith('.delta')) return;
    const event = RESPONSES_ENDS.has(name) || RESPONSES_MATTERS.test(data) ? parseObject(data) : null;
    const type = typeOf(name, event);
    if (RESPONSES_ENDS.has(type)) this.#ending ??= responseEnding(objectAt(event ?? {}, 'response'));
    else if (type === 'response.failed' || type === 'error') this.#ending = 'broken';
  }

  ending(): Ending {
    return this.#ending ?? 'broken';
  }
}
