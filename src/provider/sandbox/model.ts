import type { JsonValue } from '../../domain/call.ts';
import type { Ask, Tool } from './ask.ts';
import { exampleOf } from './from-schema.ts';
import { LOREM_WORDS, lorem } from './lorem.ts';
import { countTokens, fragments, tokenize } from './tokens.ts';

export interface ToolCall {
  readonly name: string;
  readonly input: JsonValue;
  /** The input as JSON text, in at least two pieces. */
  readonly fragments: readonly string[];
}

/** What is said, before any dialect: a text (in tokens, possibly none) or calls of tools. */
export interface Plan {
  readonly pieces: readonly string[];
  readonly calls: readonly ToolCall[];
  readonly finish: 'stop' | 'stop_sequence' | 'tool_calls' | 'length';
  readonly stopSequence: string | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** The model itself: the same question always gets the same answer. */
export function plan(ask: Ask, says: 'echo' | 'lorem'): Plan {
  const tools = toolsToCall(ask);
  const answer = tools.length > 0 ? callTools(ask, tools) : speak(ask, says);
  return { ...answer, inputTokens: inputTokens(ask) };
}

type Said = Omit<Plan, 'inputTokens'>;

/** Pieces of a stream of it. */
export function deltasOf({ pieces, calls }: Plan): number {
  return calls.reduce((sum, call) => sum + call.fragments.length, pieces.length);
}

/** Every text of the conversation and the tools as JSON, three more for each turn as chat templates have them. */
export function inputTokens(ask: Ask): number {
  const turns = ask.turns.reduce((sum, turn) => sum + countTokens(turn.text) + 3, 0);
  const tools = ask.tools.reduce(
    (sum, { name, schema }) => sum + countTokens(name + JSON.stringify(schema)),
    0,
  );
  return turns + tools;
}

function lastUserText(ask: Ask): string {
  const user = ask.turns.findLast((turn) => turn.kind === 'user');
  return (user ?? ask.turns.at(-1))?.text ?? '';
}

/** What came back since the model spoke last; empty when the last turn is not a result. */
function newResults(ask: Ask): string[] {
  const before = ask.turns.findLastIndex((turn) => turn.kind !== 'tool_result');
  return ask.turns.slice(before + 1).map((turn) => turn.text);
}

function wordsOf(text: string): Set<string> {
  return new Set(text.split(/[^\p{L}\p{N}_-]+/u));
}

function toolsToCall(ask: Ask): readonly Tool[] {
  if (ask.choice.mode === 'none' || newResults(ask).length > 0) return [];
  const { names, mode } = ask.choice;
  const allowed = ask.tools.filter((tool) => names === null || names.includes(tool.name));
  const words = wordsOf(lastUserText(ask));
  const named = allowed.filter((tool) => words.has(tool.name));
  if (named.length > 0) return ask.parallelCalls ? named : named.slice(0, 1);
  return mode === 'required' || words.has('tool') ? allowed.slice(0, 1) : [];
}

/** A call is whole or left out: half of its arguments would be no use to anybody. */
function callTools(ask: Ask, tools: readonly Tool[]): Said {
  const words = wordsOf(lastUserText(ask));
  const calls: ToolCall[] = [];
  let outputTokens = 0;
  for (const tool of tools) {
    const call = callOf(tool, words);
    const size = countTokens(tool.name) + call.fragments.length;
    if (outputTokens + size > (ask.maxTokens ?? Number.POSITIVE_INFINITY)) break;
    calls.push(call);
    outputTokens += size;
  }
  const finish = calls.length === tools.length ? 'tool_calls' : 'length';
  return { pieces: [], calls, finish, stopSequence: null, outputTokens };
}

function callOf(tool: Tool, words: ReadonlySet<string>): ToolCall {
  const made = exampleOf({ type: 'object', ...tool.schema }, words);
  return { name: tool.name, input: made, fragments: fragments(JSON.stringify(made)) };
}

function speak(ask: Ask, says: 'echo' | 'lorem'): Said {
  const text = textToSay(ask, says);
  const stop = firstStop(text, ask.stop);
  const pieces = tokenize(stop === null ? text : text.slice(0, stop.at));
  const max = ask.maxTokens ?? Number.POSITIVE_INFINITY;
  if (pieces.length > max) {
    return {
      pieces: pieces.slice(0, max),
      calls: [],
      finish: 'length',
      stopSequence: null,
      outputTokens: max,
    };
  }
  const finish = stop === null ? 'stop' : 'stop_sequence';
  const stopSequence = stop === null ? null : stop.sequence;
  return { pieces, calls: [], finish, stopSequence, outputTokens: pieces.length };
}

function textToSay(ask: Ask, says: 'echo' | 'lorem'): string {
  if (ask.json !== null) return jsonToSay(ask);
  const results = newResults(ask);
  if (results.length > 0) return `The tool answered: ${results.join('\n')}`;
  return says === 'echo' ? lastUserText(ask) : lorem(ask.maxTokens ?? LOREM_WORDS);
}

function jsonToSay(ask: Ask): string {
  const schema = ask.json?.schema ?? null;
  return JSON.stringify(schema === null ? { answer: lastUserText(ask) } : exampleOf(schema));
}

function firstStop(text: string, sequences: readonly string[]): { at: number; sequence: string } | null {
  let first: { at: number; sequence: string } | null = null;
  for (const sequence of sequences) {
    const at = sequence === '' ? -1 : text.indexOf(sequence);
    if (at !== -1 && (first === null || at < first.at)) first = { at, sequence };
  }
  return first;
}
