import type { JsonObject } from '../../domain/call.ts';
import { asObject, numberOf, objectAt, objectsIn, parseObject, textOf } from '../../json.ts';
import { typeOf } from '../../streams/event-lines.ts';
import { responsesUsage } from '../../usage/responses.ts';
import type { ProviderError, StreamPart } from '../hub/reply.ts';
import type { ReadContext, StreamReader } from '../hub/translator.ts';
import { readAnnotation } from './citations.ts';
import { readErrorEvent, readFailedResponse } from './error.ts';
import { readFinish } from './finish-reason.ts';
import { OpenItems } from './open-items.ts';

/**
 * Reads a provider's events (https://platform.openai.com/docs/api-reference/responses-streaming). Text comes from the deltas;
 * whatever they left out is taken from the snapshots that follow, since some servers send those alone.
 */
export class ResponsesStreamReader implements StreamReader {
  readonly #items: OpenItems;
  #started = false;
  #ended = false;

  constructor(context: ReadContext) {
    this.#items = new OpenItems(context);
  }

  event(name: string, data: string): readonly StreamPart[] {
    const event = this.#ended ? null : parseObject(data);
    if (event === null) return [];
    const parts = this.#read(typeOf(name, event), event);
    if (this.#started || parts.length === 0 || parts[0]?.type === 'error') return parts;
    return [...this.#start({}), ...parts];
  }

  end(): readonly StreamPart[] {
    return [];
  }

  #read(type: string, event: JsonObject): StreamPart[] {
    const items = this.#items;
    const output = numberOf(event.output_index) ?? 0;
    const content = numberOf(event.content_index) ?? 0;
    switch (type) {
      case 'response.output_text.delta':
        return items.wordsDelta(output, content, 'text', textOf(event.delta));
      case 'response.output_text.done':
        return items.wordsRest(output, content, 'text', textOf(event.text));
      case 'response.refusal.delta':
        return items.wordsDelta(output, content, 'refusal', textOf(event.delta));
      case 'response.refusal.done':
        return items.wordsRest(output, content, 'refusal', textOf(event.refusal));
      case 'response.output_text.annotation.added':
        return this.#citation(output, content, event);
      case 'response.content_part.done':
        return items.partDone(output, content);
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        return items.argumentsDelta(output, textOf(event.delta));
      case 'response.reasoning_summary_text.delta':
        return items.reasoningDelta(
          output,
          'summary',
          numberOf(event.summary_index) ?? 0,
          textOf(event.delta),
        );
      case 'response.reasoning_text.delta':
        return items.reasoningDelta(output, 'content', content, textOf(event.delta));
      case 'response.output_item.added':
        return items.added(output, objectAt(event, 'item'));
      case 'response.output_item.done':
        return items.done(output, objectAt(event, 'item'));
      case 'keepalive':
        return this.#started ? [{ type: 'ping' }] : [];
      default:
        return this.#lifecycle(type, event);
    }
  }

  #lifecycle(type: string, event: JsonObject): StreamPart[] {
    switch (type) {
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress':
        return this.#start(objectAt(event, 'response'));
      case 'response.completed':
      case 'response.incomplete':
        return this.#finish(asObject(event.response) ?? {});
      case 'response.failed':
        return this.#fail(readFailedResponse(event));
      case 'error':
        return this.#fail(readErrorEvent(event));
      default:
        return [];
    }
  }

  #start({ id, model }: JsonObject): StreamPart[] {
    if (this.#started) return [];
    this.#started = true;
    return [{ type: 'start', id: textOf(id), model: textOf(model), usage: null }];
  }

  #citation(output: number, content: number, event: JsonObject): StreamPart[] {
    const citation = readAnnotation(objectAt(event, 'annotation'));
    return citation === null ? [] : this.#items.citation(output, content, citation);
  }

  #finish(response: JsonObject): StreamPart[] {
    const items = this.#items;
    const start = this.#start(response);
    const missed = items.any ? [] : objectsIn(response.output).flatMap((item, i) => items.done(i, item));
    const closed = items.closeAll();
    this.#ended = true;
    const { service_tier: tier } = response;
    return [
      ...start,
      ...missed,
      ...closed,
      {
        type: 'finish',
        finish: readFinish(response, items.holdsCalls),
        usage: responsesUsage(response.usage),
        ...(typeof tier === 'string' ? { serviceTier: tier } : {}),
      },
    ];
  }

  #fail(error: ProviderError): StreamPart[] {
    this.#ended = true;
    return [{ type: 'error', error }];
  }
}
