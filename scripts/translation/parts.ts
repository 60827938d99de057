import { readFileSync } from 'node:fs';
import { catalogueRow, OPENAI_COMPATIBLE } from '../../src/config/catalogue.ts';
import type { JsonObject } from '../../src/domain/call.ts';
import type { Provider } from '../../src/domain/provider.ts';
import {
  CLIENTS,
  type ConversationEndpoint,
  type ConversationUpstream,
  NAME_RULES,
  PROVIDERS,
} from '../../src/translate/dialects.ts';
import { LossList } from '../../src/translate/hub/losses.ts';
import { ToolNames } from '../../src/translate/hub/tool-names.ts';
import type { Matrix } from '../../tests/corpus/translate-matrix.ts';
import { FEATURES, type Feature } from './probes.ts';
import { SETTINGS } from './settings.ts';

export const ENDPOINTS: readonly ConversationEndpoint[] = ['chat', 'responses', 'messages'];
export const UPSTREAMS: readonly ConversationUpstream[] = [
  'chat',
  'responses',
  'messages',
  'generate_content',
];
export const NAMES: Readonly<Record<ConversationUpstream, string>> = {
  chat: 'Chat',
  responses: 'Responses',
  messages: 'Messages',
  generate_content: 'Gemini',
};

/** A provider of each dialect, with models that take as much as any. */
const SPEAKERS: Readonly<
  Record<ConversationUpstream, { readonly kind: string; readonly model: (asks: JsonObject) => string }>
> = {
  chat: { kind: 'openai', model: openaiModel },
  responses: { kind: 'openai', model: openaiModel },
  messages: { kind: 'anthropic', model: () => 'claude-sonnet-4-5' },
  generate_content: { kind: 'google', model: () => 'gemini-2.5-flash' },
};

/** OpenAI has models that reason and models that can be sampled. */
function openaiModel(asks: JsonObject): string {
  const reasons = ['reasoning_effort', 'reasoning', 'thinking', 'verbosity'].some(
    (field) => asks[field] !== undefined,
  );
  return reasons ? 'gpt-5' : 'gpt-4.1';
}

const LEAST: Readonly<Record<ConversationEndpoint, JsonObject>> = {
  chat: { messages: [{ role: 'user', content: 'Hi' }] },
  responses: { input: 'Hi' },
  messages: { max_tokens: 4000, messages: [{ role: 'user', content: 'Hi' }] },
};

export interface Outcome {
  readonly refused: readonly string[];
  readonly omitted: readonly string[];
}

/** What becomes of a client's wish at a provider of another dialect; null where the client has no words for it. */
export function probe(
  client: ConversationEndpoint,
  upstream: ConversationUpstream,
  feature: Feature,
): Outcome | null {
  const asks = feature.asks[client];
  if (asks === undefined) return null;
  const said = CLIENTS[client].readRequest({ model: 'm', ...LEAST[client], ...asks });
  const losses = new LossList(CLIENTS[client].fieldNames);
  const names = new ToolNames(said, NAME_RULES[upstream]);
  const { kind, model } = SPEAKERS[upstream];
  PROVIDERS[upstream].writeRequest(said, { provider: providerOf(kind), model: model(asks), losses, names });
  return { refused: losses.unsupportedFields.map(({ field }) => field), omitted: losses.omittedFields };
}

function providerOf(kind: string): Provider {
  const { env: _, ...row } = catalogueRow(kind) ?? OPENAI_COMPATIBLE;
  return { ...row, baseUrl: row.baseUrl ?? '', apiKey: null, apiKeys: [], transport: 'network' };
}

function cell(client: ConversationEndpoint, upstream: ConversationUpstream, feature: Feature): string {
  const outcome = probe(client, upstream, feature);
  if (outcome === null) return '';
  const { refused, omitted } = outcome;
  if (refused.length > 0) return `**refused**: ${fields(refused)}`;
  const adapted = feature.adapted?.[upstream];
  const left = omitted.length === 0 ? [] : [`left out: ${fields(omitted)}`];
  return [...(adapted === undefined ? [] : [`adapted: ${adapted}`]), ...left].join('; ') || 'passes';
}

function fields(names: readonly string[]): string {
  return [...new Set(names)].map((name) => `\`${name}\``).join(', ');
}

/** The generated parts of `docs/translation.md`, by the names of their markers. */
export function translationParts(): Readonly<Record<string, string>> {
  const tables = ENDPOINTS.map((client) => [`from-${client}`, fromClient(client)] as const);
  return { ...Object.fromEntries(tables), ...matrixParts() };
}

function fromClient(client: ConversationEndpoint): string {
  const upstreams = UPSTREAMS.filter((upstream) => upstream !== client);
  const known = [...FEATURES, ...SETTINGS].filter(({ asks }) => asks[client] !== undefined);
  return table(
    [`What a client of ${NAMES[client]} asks for`, ...upstreams.map((upstream) => `to ${NAMES[upstream]}`)],
    known.map((feature) => [feature.name, ...upstreams.map((upstream) => cell(client, upstream, feature))]),
  );
}

const MATRIX = new URL('../../tests/corpus/translate-matrix.json', import.meta.url);

function matrixParts(): Record<string, string> {
  const matrix = JSON.parse(readFileSync(MATRIX, 'utf8')) as Matrix;
  const pairs = Object.entries(matrix);
  const features = [...new Set(pairs.flatMap(([, { features }]) => Object.keys(features)))].toSorted();
  const sums = pairs.map(([pair, { recordings, passed, failed, notExpressible }]) => [
    pair,
    String(recordings),
    `${passed} of ${passed + failed}`,
    Object.entries(notExpressible)
      .map(([reason, count]) => `${count} × ${isField(reason) ? fields(reason.split(' ')) : reason}`)
      .join(', '),
  ]);
  return {
    pairs: table(['Pair', 'Recordings', 'Passed of tried', 'Not expressible by the client'], sums),
    features: table(
      ['In the recording', ...pairs.map(([pair]) => pair)],
      features.map((feature) => [feature, ...pairs.map(([, result]) => result.features[feature] ?? '')]),
    ),
  };
}

/** Paths have no articles. */
function isField(reason: string): boolean {
  return !reason.startsWith('the ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((text) => text.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/**
 * A document with the text between each pair of markers `<!-- NAME:start -->` and `<!-- NAME:end -->` replaced.
 * @throws Error when a marker is missing.
 */
export function withTranslationParts(document: string): string {
  return Object.entries(translationParts()).reduce((text, [name, part]) => {
    const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
    const [from, to] = [text.indexOf(start), text.indexOf(end)];
    if (from === -1 || to < from) throw new Error(`The document has no ${start} followed by ${end}.`);
    return `${text.slice(0, from + start.length)}\n\n${part}\n\n${text.slice(to)}`;
  }, document);
}
