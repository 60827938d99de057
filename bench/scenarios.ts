/** What is compared: who takes part, under which load, and how near to whom the gateway wants to be. */
import type { ContestantName, Job } from './rig.ts';
import { GAP_MS } from './wire.ts';

export interface Scenario {
  readonly name: string;
  /** What the CPU time is counted by. */
  readonly unit: 'request' | 'delta';
  readonly field: readonly ContestantName[];
  /** Against whom, who, and at most how many times as much. Aims are printed, never enforced. */
  readonly aim: {
    readonly baseline: ContestantName;
    readonly of: readonly ContestantName[];
    readonly ratio: number;
  };
  readonly needsRedis: boolean;
  readonly rounds: number;
  /** Done once by each contestant, in this order, before anything is measured. */
  readonly before: readonly Job[];
  readonly job: Job;
}

const RELAYED = { distinct: null, pauseMs: 0, from: 'upstream', deadlineMs: 60_000 } as const;
const JSON_LOAD = { ...RELAYED, stream: false, connections: 32, rampMs: 0 } as const;
const STREAM_LOAD = { ...RELAYED, stream: true, connections: 100, rampMs: GAP_MS } as const;

/** Far more than the one that `gateway-l2` has room for in its first tier. */
const L2_ANSWERS = 1_000;

/** Asks for each of the calls once, so that from then on a cache can answer them. */
function fill(distinct: number): Job {
  return { ...JSON_LOAD, connections: 1, each: distinct, distinct };
}

function jsonRuns(quick: boolean) {
  return {
    unit: 'request',
    rounds: quick ? 5 : 15,
    before: [{ ...JSON_LOAD, each: 500 }],
    job: { ...JSON_LOAD, each: quick ? 150 : 300 },
  } as const;
}

function streamRuns(quick: boolean) {
  return {
    unit: 'delta',
    rounds: quick ? 5 : 11,
    before: [{ ...STREAM_LOAD, each: 2 }],
    job: { ...STREAM_LOAD, each: quick ? 1 : 2 },
  } as const;
}

function hitRuns(quick: boolean, from: 'hit-l1' | 'hit-l2', distinct: number) {
  const hits = { ...JSON_LOAD, distinct, from };
  return {
    unit: 'request',
    rounds: quick ? 5 : 15,
    before: [fill(distinct), { ...hits, each: 500, from: 'anyone' }],
    job: { ...hits, each: quick ? 150 : 300 },
  } as const;
}

export function json(quick: boolean): Scenario {
  return {
    name: 'json',
    field: ['http-pipe', 'hono-relay', 'gateway'],
    aim: { baseline: 'hono-relay', of: ['gateway'], ratio: 1.3 },
    needsRedis: false,
    ...jsonRuns(quick),
  };
}

export function stream(quick: boolean): Scenario {
  return {
    name: 'stream',
    field: ['http-pipe', 'hono-relay', 'gateway'],
    aim: { baseline: 'http-pipe', of: ['gateway'], ratio: 1.15 },
    needsRedis: false,
    ...streamRuns(quick),
  };
}

export function l1Hit(quick: boolean): Scenario {
  return {
    name: 'l1-hit',
    field: ['hono-map', 'gateway-l1'],
    aim: { baseline: 'hono-map', of: ['gateway-l1'], ratio: 1.2 },
    needsRedis: false,
    ...hitRuns(quick, 'hit-l1', 1),
  };
}

export function l2Hit(quick: boolean): Scenario {
  return {
    name: 'l2-hit',
    field: ['hono-redis', 'gateway-l2'],
    aim: { baseline: 'hono-redis', of: ['gateway-l2'], ratio: 1.5 },
    needsRedis: true,
    ...hitRuns(quick, 'hit-l2', L2_ANSWERS),
  };
}

export function missJson(quick: boolean): Scenario {
  return { name: 'miss, json', ...MISS, ...jsonRuns(quick) };
}

export function missStream(quick: boolean): Scenario {
  return { name: 'miss, stream', ...MISS, ...streamRuns(quick) };
}

/**
 * What limits take of the processor, for information: the aim is set for the time that they take. The nodes share a core with
 * the load, so there are fewer calls at a time than elsewhere: of 32 many take longer than the 25 ms after which a call is noted.
 */
export function limitsJson(quick: boolean): Scenario {
  const load = { ...JSON_LOAD, connections: 8 };
  return {
    name: 'limits, json',
    unit: 'request',
    field: ['gateway', 'gateway-limits', 'gateway-limits-global'],
    aim: { baseline: 'gateway', of: [], ratio: Number.POSITIVE_INFINITY },
    needsRedis: true,
    rounds: quick ? 5 : 15,
    before: [
      { ...load, connections: 1, each: 1_000 },
      { ...load, each: 1_000 },
    ],
    job: { ...load, each: quick ? 300 : 600 },
  };
}

const MISS = {
  field: ['gateway', 'gateway-l1', 'gateway-l1-l2'],
  aim: { baseline: 'gateway', of: ['gateway-l1', 'gateway-l1-l2'], ratio: 1.1 },
  needsRedis: true,
} as const;
