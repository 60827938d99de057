import type { ClientTranslator, ProviderTranslator } from '../hub/translator.ts';
import { readError, writeError } from './error.ts';
import { readReply } from './read-reply.ts';
import { readRequest } from './read-request.ts';
import { ResponsesStreamReader } from './read-stream.ts';
import { writeReply } from './write-reply.ts';
import { writeRequest } from './write-request.ts';
import { ResponsesStreamWriter } from './write-stream.ts';

/** Clients of the Responses API. */
export const responsesClient: ClientTranslator = {
  fieldNames: {
    toolChoice: 'tool_choice',
    parallelToolCalls: 'parallel_tool_calls',
    responseFormat: 'text.format',
    reasoning: 'reasoning',
    maxOutputTokens: 'max_output_tokens',
    temperature: 'temperature',
    topP: 'top_p',
    topLogprobs: 'top_logprobs',
    verbosity: 'text.verbosity',
    serviceTier: 'service_tier',
    userId: 'user',
    promptCacheKey: 'prompt_cache_key',
    metadata: 'metadata',
    cache: 'prompt_cache_breakpoint',
  },
  readRequest,
  writeReply,
  createStreamWriter: (context) => new ResponsesStreamWriter(context),
  writeError,
};

/** Providers of the Responses API. */
export const responsesProvider: ProviderTranslator = {
  writeRequest,
  readReply,
  createStreamReader: (context) => new ResponsesStreamReader(context),
  readError,
};
