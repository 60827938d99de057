import { GatewayError } from '../../src/errors/gateway-error.ts';
import type { Conversation } from '../../src/translate/hub/conversation.ts';
import {
  type Api,
  type Exchange,
  exchanges,
  type Json,
  type RecordedAnswer,
  recordedAnswers,
} from '../support/corpus.ts';
import { contradictsItself, type Ending, endingOf } from './translate-ending.ts';
import type { ClientWire, Wire } from './translate-meaning.ts';
import { GREETING, readRecorded, rephrased } from './translate-request.ts';
import { providerOf } from './translate-run.ts';

type Recorded = Pick<Exchange, 'response' | 'responseText'>;

/** One recorded answer on its way to a client of another dialect. */
export interface Case {
  readonly id: string;
  readonly provider: Wire;
  readonly client: ClientWire;
  readonly features: readonly string[];
  /** What the client says; null where its dialect has no words for it. */
  readonly body: Json;
  /** What the recorded client said; null where that is not known or was refused. */
  readonly said: Conversation | null;
  readonly recorded: Recorded;
  readonly end: Ending;
}

/** A recorded conversation that a client of the dialect could not have had. */
export interface Inexpressible {
  readonly id: string;
  readonly provider: Wire;
  readonly client: ClientWire;
  readonly features: readonly string[];
  readonly reasons: readonly string[];
}

const WIRES: Readonly<Partial<Record<Api, Wire>>> = {
  'openai.chat': 'chat',
  'openai.responses': 'responses',
  'anthropic.messages': 'messages',
  'gemini.generateContent': 'generate_content',
};
const CLIENT_WIRES: readonly ClientWire[] = ['chat', 'responses', 'messages'];

/** Every recording with every client that speaks another dialect. */
export function allCases(): (Case | Inexpressible)[] {
  const asked = exchanges().flatMap((exchange) => casesOf(exchange, exchange.features));
  const answers = recordedAnswers().map(asExchange);
  return [...asked, ...answers.flatMap((exchange) => casesOf(exchange, ['without its request']))];
}

export function isExpressible(tried: Case | Inexpressible): tried is Case {
  return 'body' in tried;
}

function asExchange(answer: RecordedAnswer, index: number): Exchange {
  const { response, stream } = answer;
  const headers = { 'content-type': response.sse === undefined ? 'application/json' : 'text/event-stream' };
  return {
    ...answer,
    id: `answer-${index}`,
    features: [],
    request: { method: 'POST', host: '', path: '', headers: {}, body: { stream } },
    requestText: '',
    response: {
      ...response,
      status: response.status ?? statusOf(response.body),
      headers: { ...headers, ...response.headers },
    },
  };
}

/** Refusals are the answers whose status nobody recorded. */
function statusOf(body: Json | undefined): number {
  return body?.error ? 400 : 200;
}

function casesOf(exchange: Exchange, features: readonly string[]): (Case | Inexpressible)[] {
  const provider = WIRES[exchange.api];
  if (provider === undefined) return [];
  return CLIENT_WIRES.filter((client) => client !== provider).map((client) => {
    const common = { id: exchange.id, provider, client, features };
    if (contradictsItself(exchange)) return { ...common, reasons: ['the recording contradicts itself'] };
    const said = conversationOf(provider, exchange);
    if ('reasons' in said) return { ...common, ...said };
    const model = `${providerOf(provider)}/${modelOf(exchange)}`;
    const asked = rephrased(
      said.conversation ?? GREETING,
      client,
      model,
      exchange.response.sse !== undefined,
      provider,
    );
    if ('reasons' in asked) return { ...common, reasons: asked.reasons };
    return {
      ...common,
      body: asked.body,
      said: said.conversation,
      recorded: exchange,
      end: endingOf(provider, exchange),
    };
  });
}

/** A refused request says nothing of its answer: it is the refusal that is translated. */
function conversationOf(
  provider: Wire,
  { request, requestText, response }: Exchange,
): { readonly conversation: Conversation | null } | { readonly reasons: readonly string[] } {
  if (requestText === '' || response.status >= 400) return { conversation: null };
  try {
    return { conversation: readRecorded(provider, request.body) };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return { reasons: [error.param ?? error.message] };
  }
}

function modelOf({ request }: Exchange): string {
  const inPath = /models\/([^:/?]+)/.exec(request.path)?.[1];
  const { model } = request.body;
  return typeof model === 'string' ? model : (inPath ?? 'some-model');
}
