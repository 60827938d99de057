import { expect } from 'vitest';
import * as z from 'zod';
import { NO_SIGNATURE } from '../../support/gemini-rules.ts';
import { type AcrossBox, GEMINI, type Kind } from './describe-across.ts';

/** Every model of these tests calls the tools that the user's text names, and then tells what they gave. */
export const ASK_WEATHER = 'Please use get_weather for 3 days';
export const ASK_BOTH = 'Please use get_weather for 3 days and get_time';
export const WEATHER_ANSWER = 'The tool answered: sunny in example';
export const BOTH_ANSWER = 'The tool answered: sunny in example\nnoon in example';
export const HELLO = 'Hello, what a fine day it is.';

export const weatherShape = z.object({ city: z.string(), days: z.number().int() });
export const timeShape = z.object({ city: z.string() });

export const TOOLS = {
  get_weather: {
    description: 'The weather to come',
    schema: {
      type: 'object' as const,
      properties: { city: { type: 'string' as const }, days: { type: 'integer' as const } },
      required: ['city', 'days'],
      additionalProperties: false,
    },
  },
  get_time: {
    description: 'The time there',
    schema: {
      type: 'object' as const,
      properties: { city: { type: 'string' as const } },
      required: ['city'],
      additionalProperties: false,
    },
  },
};
export type ToolName = keyof typeof TOOLS;

/** Runs a tool as the application of these tests has it; the arguments have to be right. */
export function runTool(name: string, input: unknown): string {
  if (name === 'get_weather') {
    expect(input).toEqual({ city: 'example', days: 1 });
    return `sunny in ${weatherShape.parse(input).city}`;
  }
  expect([name, input]).toEqual(['get_time', { city: 'example' }]);
  return `noon in ${timeShape.parse(input).city}`;
}

/** The prompts and answers of the two loops that every SDK runs. */
export const LOOPS = [
  { loop: 'one call', prompt: ASK_WEATHER, answer: WEATHER_ANSWER, calls: ['get_weather'] },
  { loop: 'parallel calls', prompt: ASK_BOTH, answer: BOTH_ANSWER, calls: ['get_weather', 'get_time'] },
] as const satisfies readonly Loop[];

export interface Loop {
  readonly loop: string;
  readonly prompt: string;
  readonly answer: string;
  readonly calls: readonly ToolName[];
}

/** Kinds and loops, each with each. */
export function casesOf(kinds: readonly Kind[]): (Kind & Loop)[] {
  return kinds.flatMap((kind) => LOOPS.map((loop) => ({ ...kind, ...loop })));
}

/** Whether the signature of the newest call came back to Gemini, or an SDK lost it on the way. */
export function signatureGivenBack({ gemini }: AcrossBox): 'given back' | 'lost' {
  const contents = gemini.journal.at(-1)?.contents ?? [];
  const parts = contents.findLast(({ role }) => role === 'model')?.parts ?? [];
  const call = parts.find(({ functionCall }) => functionCall !== undefined);
  if (call?.thoughtSignature === undefined) throw new Error('Gemini got no call with a signature');
  return call.thoughtSignature === NO_SIGNATURE ? 'lost' : 'given back';
}

export function isGemini({ model }: Kind): boolean {
  return model === GEMINI.model;
}
