import type { Usage } from '../../src/domain/usage.ts';
import type { ClientWire, Meaning, Wire } from './translate-meaning.ts';

/** What an answer of one dialect has to say once it is in another. */
export function expectedMeaning(provider: Wire, recorded: Meaning, client: ClientWire): Comparable {
  const reason = reasonOf(provider, recorded);
  // Messages has no part for a refusal: its words are text.
  const said = client === 'messages' ? recorded.text + recorded.refusal : recorded.text;
  const spokenRefusal = recorded.refusal !== '' && client !== 'messages';
  const finish =
    client === 'responses' && reason === 'refusal' && spokenRefusal ? 'completed' : FINISH[client][reason];
  return {
    text: said,
    refusal: client === 'messages' ? '' : recorded.refusal,
    reasoning: withoutSpace(recorded.reasoning),
    calls: recorded.calls.map(({ name, args }) => ({
      name,
      args: client === 'messages' ? inObject(args) : args,
    })),
    finish: finish ?? `nothing known for ${reason}`,
    usage: recorded.usage === null ? null : countsOf(recorded.usage),
  };
}

/** Messages knows only tools with an object: the free text of a custom tool stands in one. */
function inObject(args: unknown): unknown {
  return typeof args === 'string' ? { input: args } : args;
}

export interface Comparable extends Omit<Meaning, 'usage'> {
  readonly usage: Counts | null;
}

/** The answer that a client got, in the same form. */
export function comparable(client: ClientWire, meaning: Meaning): Comparable {
  const { reasoning, usage } = meaning;
  const refusal = client === 'messages' ? '' : meaning.refusal;
  return {
    ...meaning,
    refusal,
    reasoning: withoutSpace(reasoning),
    usage: usage === null ? null : countsOf(usage),
  };
}

/** Dialects join the parts of a summary in ways of their own. */
function withoutSpace(text: string): string {
  return text.replaceAll(/\s+/g, '');
}

interface Counts {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

/** What every dialect can tell: OpenAI's know nothing of the hours that something is cached for. */
function countsOf(usage: Usage): Counts {
  const { input, cacheRead, cacheWrite, cacheWrite1h, output, reasoning } = usage;
  return { input, cacheRead, cacheWrite: cacheWrite + cacheWrite1h, output, reasoning };
}

type Reason =
  | 'stop'
  | 'stop_sequence'
  | 'length'
  | 'context_length'
  | 'tool_calls'
  | 'filter'
  | 'refusal'
  | 'pause';

/** Dialects that end a call of tools as any other answer are taken by what the answer holds. */
function reasonOf(provider: Wire, { finish, calls, refusal }: Meaning): Reason {
  const reason = REASONS[provider][finish] ?? 'stop';
  if (reason !== 'stop') return reason;
  if (calls.length > 0) return 'tool_calls';
  return refusal === '' ? 'stop' : 'refusal';
}

const REASONS: Readonly<Record<Wire, Readonly<Record<string, Reason>>>> = {
  chat: { length: 'length', tool_calls: 'tool_calls', function_call: 'tool_calls', content_filter: 'filter' },
  responses: { 'incomplete:max_output_tokens': 'length', 'incomplete:content_filter': 'filter' },
  messages: {
    tool_use: 'tool_calls',
    max_tokens: 'length',
    stop_sequence: 'stop_sequence',
    refusal: 'refusal',
    pause_turn: 'pause',
    model_context_window_exceeded: 'context_length',
  },
  generate_content: {
    MAX_TOKENS: 'length',
    SAFETY: 'filter',
    RECITATION: 'filter',
    PROHIBITED_CONTENT: 'filter',
  },
};

const FINISH: Readonly<Record<ClientWire, Readonly<Record<Reason, string>>>> = {
  chat: {
    stop: 'stop',
    stop_sequence: 'stop',
    length: 'length',
    context_length: 'length',
    pause: 'length',
    tool_calls: 'tool_calls',
    filter: 'content_filter',
    refusal: 'content_filter',
  },
  responses: {
    stop: 'completed',
    stop_sequence: 'completed',
    tool_calls: 'completed',
    length: 'incomplete:max_output_tokens',
    context_length: 'incomplete:max_output_tokens',
    pause: 'incomplete:max_output_tokens',
    filter: 'incomplete:content_filter',
    refusal: 'incomplete:content_filter',
  },
  messages: {
    stop: 'end_turn',
    stop_sequence: 'stop_sequence',
    length: 'max_tokens',
    context_length: 'model_context_window_exceeded',
    pause: 'pause_turn',
    tool_calls: 'tool_use',
    filter: 'refusal',
    refusal: 'refusal',
  },
};
