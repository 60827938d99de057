import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import { jsonSource } from './json-source.ts';

export type Api =
  | 'openai.chat'
  | 'openai.responses'
  | 'openai.embeddings'
  | 'openai.completions'
  | 'anthropic.messages'
  | 'anthropic.count_tokens'
  | 'gemini.generateContent'
  | 'gemini.embed';

export type Json = Record<string, unknown>;

interface Provenance {
  readonly source_repo: string;
  readonly source_path: string;
  readonly licence: string;
  readonly api: Api;
  /** By host: openai, azure, anthropic, google, vertex, groq, openrouter, xai, mistral, … */
  readonly provider: string;
  /** A stream was asked for or came. */
  readonly stream: boolean;
  readonly note?: string;
}

export interface RecordedRequest {
  readonly method: string;
  readonly host: string;
  /** Path and query. */
  readonly path: string;
  /** Lower-case; without credentials and content-length. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
}

/** A JSON answer has a `body`, a stream has its raw text in `sse`. */
export interface RecordedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Json;
  readonly sse?: string;
}

/** A recorded request and its answer. */
export interface Exchange extends Provenance {
  readonly id: string;
  readonly features: readonly string[];
  readonly request: RecordedRequest;
  readonly response: RecordedResponse;
  /**
   * The request's body as the corpus writes it. The corpus holds JSON bodies parsed and written again with its own
   * spacing (`{"a": 1}`), so this is not what was on the wire, but neither is it what JSON.stringify makes: who parses
   * and writes it again does not get the same bytes.
   */
  readonly requestText: string;
  /** The answer's body: the raw event stream, or JSON as the corpus writes it. */
  readonly responseText: string;
}

/** An answer without its request; some were edited or written by hand. */
export interface RecordedAnswer extends Provenance {
  /** Null where the status was not recorded. */
  readonly response: Omit<RecordedResponse, 'status'> & { readonly status: number | null };
  readonly responseText: string;
}

const EXCHANGES = fileURLToPath(new URL('../../../shared/corpus/open.jsonl', import.meta.url));
const ANSWERS = fileURLToPath(new URL('../../../shared/corpus/open_responses_only.jsonl', import.meta.url));

export const corpusAvailable: boolean = existsSync(EXCHANGES) && existsSync(ANSWERS);

let loadedExchanges: readonly Exchange[] | undefined;
let loadedAnswers: readonly RecordedAnswer[] | undefined;

/** The recorded exchanges, read at the first call. */
export function exchanges(): readonly Exchange[] {
  loadedExchanges ??= linesOf(EXCHANGES).map((line) => {
    const exchange = JSON.parse(line) as Omit<Exchange, 'requestText' | 'responseText'>;
    const requestText = jsonSource(line, ['request', 'body']);
    return { ...exchange, requestText, responseText: responseTextOf(line, exchange.response) };
  });
  return loadedExchanges;
}

/** The recorded answers without requests, read at the first call. */
export function recordedAnswers(): readonly RecordedAnswer[] {
  loadedAnswers ??= linesOf(ANSWERS).map((line) => {
    const answer = JSON.parse(line) as Omit<RecordedAnswer, 'responseText'>;
    return { ...answer, responseText: responseTextOf(line, answer.response) };
  });
  return loadedAnswers;
}

function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

function responseTextOf(line: string, { sse }: Pick<RecordedResponse, 'sse'>): string {
  return sse ?? jsonSource(line, ['response', 'body']);
}

/** A `describe` that needs the recordings: without them it shows one skipped test that says why. */
export function describeWithCorpus(name: string, body: () => void): void {
  if (corpusAvailable) {
    describe(name, body);
    return;
  }
  describe(name, () => {
    it('needs the recorded exchanges', ({ skip }) => skip('../shared/corpus is not beside the repository'));
  });
}
