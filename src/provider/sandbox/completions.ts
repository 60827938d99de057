import * as z from 'zod';
import type { JsonObject } from '../../domain/call.ts';
import { AUTO } from './ask.ts';
import { openaiUsage } from './chat.ts';
import { ApiError, openaiError } from './errors.ts';
import { dataFrame, type Frame, type Rendering } from './frames.ts';
import type { Job, JobContext } from './job.ts';
import { deltasOf, type Plan, plan } from './model.ts';
import { count, flag, read } from './read.ts';

const tokens = z.array(z.number().int());
const shape = z.looseObject({
  prompt: z.union([z.string(), z.array(z.string()).min(1), tokens.min(1), z.array(tokens).min(1)]),
  n: count,
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  max_tokens: count,
  stream_options: z.looseObject({ include_usage: flag }).nullish(),
});
type CompletionBody = z.infer<typeof shape>;

const MAX_CHOICES = 128;

/** OpenAI's older Completions: the prompt is what `echo` says. */
export function prepareCompletion(json: JsonObject, context: JobContext): Job {
  const body = read(shape, json);
  const plans = promptsOf(body.prompt).map((prompt) => planFor(prompt, body, context));
  const choices = plans.flatMap((one) => Array.from({ length: body.n ?? 1 }, () => one));
  if (choices.length > MAX_CHOICES)
    throw new ApiError(400, `At most ${MAX_CHOICES} choices.`, { param: 'n' });
  const includeUsage = body.stream_options?.include_usage === true;
  return {
    rendering: new CompletionRendering(plans, choices, includeUsage, context),
    deltas: choices.reduce((sum, one) => sum + deltasOf(one), 0),
    acknowledgement: null,
  };
}

/** Token ids stand for nothing here: they are said as numbers. */
function promptsOf(prompt: CompletionBody['prompt']): string[] {
  if (typeof prompt === 'string') return [prompt];
  if (typeof prompt[0] === 'number') return [prompt.join(' ')];
  return prompt.map((one) => (Array.isArray(one) ? one.join(' ') : String(one)));
}

function planFor(prompt: string, body: CompletionBody, { behaviour }: JobContext): Plan {
  const stop = typeof body.stop === 'string' ? [body.stop] : (body.stop ?? []);
  const turns = [{ kind: 'user', text: prompt }] as const;
  const maxTokens = body.max_tokens ?? null;
  return plan(
    { turns, tools: [], choice: AUTO, parallelCalls: false, json: null, maxTokens, stop },
    behaviour.says,
  );
}

class CompletionRendering implements Rendering {
  readonly #choices: readonly Plan[];
  readonly #includeUsage: boolean;
  readonly #usage: object;
  readonly #head: object;

  constructor(
    plans: readonly Plan[],
    choices: readonly Plan[],
    includeUsage: boolean,
    { ids, model }: JobContext,
  ) {
    this.#choices = choices;
    this.#includeUsage = includeUsage;
    this.#head = { id: ids.next('cmpl-'), object: 'text_completion', created: ids.seconds(), model };
    const input = plans.reduce((sum, one) => sum + one.inputTokens, 0);
    const output = choices.reduce((sum, one) => sum + one.outputTokens, 0);
    this.#usage = openaiUsage(input, output);
  }

  body(): object {
    const choices = this.#choices.map((one, index) => choiceOf(index, one.pieces.join(''), finishOf(one)));
    return { ...this.#head, choices, usage: this.#usage };
  }

  *frames(): Iterable<Frame> {
    for (const [index, one] of this.#choices.entries()) {
      for (const piece of one.pieces) yield this.#frame([choiceOf(index, piece, null)], 'delta');
      const last = index === this.#choices.length - 1;
      yield this.#frame([choiceOf(index, '', finishOf(one))], last ? 'end' : 'structure');
    }
    if (this.#includeUsage) yield dataFrame({ ...this.#head, choices: [], usage: this.#usage }, 'end');
    yield dataFrame('[DONE]', 'end');
  }

  errorFrame(): string {
    return dataFrame(openaiError(new ApiError(500, 'The sandbox failed in mid-stream, as told.')), 'end')
      .text;
  }

  #frame(choices: object[], kind: Frame['kind']): Frame {
    const usage = this.#includeUsage ? { usage: null } : {};
    return dataFrame({ ...this.#head, choices, ...usage }, kind);
  }
}

function choiceOf(index: number, text: string, finish_reason: string | null): object {
  return { text, index, logprobs: null, finish_reason };
}

function finishOf({ finish }: Plan): string {
  return finish === 'length' ? 'length' : 'stop';
}
