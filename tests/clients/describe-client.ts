import { expect } from 'vitest';
import { type BlackBox, describeBlackBox, KEY } from '../support/black-box.ts';
import type { FaultCall } from '../support/fault-upstream.ts';
import { within } from '../support/wait.ts';

/** A second tenant: with one alone, the gateway need not tell whose stored objects are whose. */
export const OTHER_KEY = 'sk-gateway-test-key-0002';
export const WRONG_KEY = 'sk-nobodys-key-0000';

/** What the sandbox says back. */
export const HELLO = 'Hello, what a fine day it is.';
/** The sandbox calls the tools that a text names, with the properties that it names. */
export const ASK_WEATHER = 'Please use the tool get_weather for 3 days';
export const WEATHER_SCHEMA = {
  type: 'object' as const,
  properties: { city: { type: 'string' as const }, days: { type: 'integer' as const } },
  required: ['city', 'days'],
  additionalProperties: false,
};
export const WEATHER_CALL = { city: 'example', days: 1 };

/** An SDK against the gateway as it is deployed: the sandbox for what works, the upstream for what does not. */
export function describeClient(name: string, body: (box: BlackBox) => void): void {
  describeBlackBox(name, body, () => ({
    ENABLE_SANDBOX: 'true',
    GATEWAY_API_KEYS: `test:${KEY},other:${OTHER_KEY}`,
  }));
}

/** What an SDK throws at its user. @throws Error when it throws nothing. */
export async function thrown(answer: PromiseLike<unknown>): Promise<unknown> {
  const outcome = await within(
    'the SDK answers or throws',
    answer.then(
      (value) => ({ threw: false, value }),
      (value: unknown) => ({ threw: true, value }),
    ),
  );
  if (outcome.threw) return outcome.value;
  throw new Error(`the SDK threw nothing, its answer is ${JSON.stringify(outcome.value)}`);
}

/** All that a stream or a list of pages yields. */
export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const one of source) all.push(one);
  return all;
}

/**
 * Far below the 20 s of an endless stream, far above what a busy machine takes for an SDK's own way out. The 100 ms
 * that a gateway has are measured in `tests/runtime`; a Worker that takes a FIN for a half-close needs its next writes.
 */
const LEAVING_MS = 2000;

/** The upstream's newest call ends soon after the client has left. */
export async function expectStopped(box: BlackBox, leave: () => unknown): Promise<void> {
  const call = newest(box);
  const leftAt = performance.now();
  await leave();
  expect((await within('the upstream is told', call.aborted)) - leftAt).toBeLessThan(LEAVING_MS);
}

export function newest({ upstream }: BlackBox): FaultCall {
  const call = upstream.journal.at(-1);
  if (call === undefined) throw new Error('the upstream was not called');
  return call;
}

/** The JSON body of the upstream's newest call. */
export function sentBody(box: BlackBox): unknown {
  return JSON.parse(newest(box).body.toString());
}

/** The two ways in which an upstream can stop short of its end. */
export const CUTS = [
  { how: 'destroy', name: 'the connection breaks' },
  { how: 'clean', name: 'the body ends early' },
] as const;
