import type { JsonObject, JsonValue } from '../../domain/call.ts';
import type { Usage } from '../../domain/usage.ts';
import { asObject } from '../../json.ts';
import type { ReplyContext } from '../hub/translator.ts';
import type { Ending } from './finish-reason.ts';
import { writeUsage } from './usage.ts';

/** What is the answer's own in a response. */
export interface Answer {
  readonly id: string;
  readonly model: string;
  readonly status: 'in_progress' | 'failed' | Ending['status'];
  readonly output: JsonObject[];
  readonly usage: Usage | null;
  readonly serviceTier?: string | undefined;
  readonly incompleteReason?: string;
  readonly error?: JsonObject;
}

/**
 * A response (https://platform.openai.com/docs/api-reference/responses/object). All that it tells of the request is what the
 * client said, or OpenAI's default where that is what happened; a temperature that nobody said is not known.
 */
export function responseObject(answer: Answer, { request, created }: ReplyContext): JsonObject {
  const { incompleteReason } = answer;
  return {
    id: answer.id,
    object: 'response',
    created_at: created,
    status: answer.status,
    background: false,
    error: answer.error ?? null,
    incomplete_details: incompleteReason === undefined ? null : { reason: incompleteReason },
    instructions: request.instructions ?? null,
    max_output_tokens: request.max_output_tokens ?? null,
    max_tool_calls: request.max_tool_calls ?? null,
    model: answer.model,
    output: answer.output,
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    previous_response_id: null,
    prompt_cache_key: request.prompt_cache_key ?? null,
    reasoning: { effort: null, summary: null, ...asObject(request.reasoning) },
    safety_identifier: request.safety_identifier ?? null,
    service_tier: tierOf(answer.serviceTier),
    store: false,
    temperature: request.temperature ?? null,
    text: { format: { type: 'text' }, ...asObject(request.text) },
    tool_choice: request.tool_choice ?? 'auto',
    tools: request.tools ?? [],
    top_logprobs: request.top_logprobs ?? 0,
    top_p: request.top_p ?? null,
    truncation: 'disabled',
    usage: answer.usage === null ? null : writeUsage(answer.usage),
    user: request.user ?? null,
    metadata: request.metadata ?? {},
    access_programs: null,
  };
}

/** Anthropic's `standard` is OpenAI's `default`; other names of others tell a client of OpenAI nothing. */
function tierOf(tier: string | undefined): JsonValue {
  if (tier === 'standard') return 'default';
  return TIERS.find((known) => known === tier) ?? null;
}

const TIERS = ['auto', 'default', 'flex', 'scale', 'priority', 'fast', 'ultrafast'];
