/** A process of its own: the gateway's SIEVE and an LRU over the same traces, one `ZipfJob` in, its rows out. */
import { hash } from 'node:crypto';
import { Sieve } from '../../adapters/memory/sieve.ts';
import { type Spread, spread } from '../statistics.ts';
import { Lru } from './lru.ts';
import { makeTrace, type TraceSpec } from './trace.ts';

export interface ZipfJob {
  readonly entries: number;
  readonly traces: readonly TraceSpec[];
  readonly rounds: number;
}

export interface Policed {
  /** Part of the ranked calls that were found, 0 to 1. */
  readonly hitRate: number;
  /** Nanoseconds for a call: looked up, and put in if it was not found. */
  readonly nanos: Spread;
}

export interface ZipfRow {
  readonly alpha: number;
  readonly hasScans: boolean;
  readonly sieve: Policed;
  readonly lru: Policed;
}

interface Bounded {
  get(key: string): number | undefined;
  set(key: string, value: number): void;
}

interface Pass {
  readonly hitRate: number;
  readonly nanos: number;
}

function makeSieve(maxEntries: number): Bounded {
  const sieve = new Sieve<number>({ maxEntries, maxWeight: maxEntries });
  return { get: (key) => sieve.get(key), set: (key, value) => sieve.set(key, value, 1) };
}

function makeLru(maxEntries: number): Bounded {
  const lru = new Lru<number>(maxEntries);
  return { get: (key) => lru.get(key), set: (key, value) => lru.set(key, value) };
}

/** Names as the store has them: the tenant and a hash. */
function namesFor(trace: Uint32Array): string[] {
  const count = trace.reduce((most, call) => Math.max(most, call), 0) + 1;
  return Array.from({ length: count }, (_, call) => `5:bench${hash('sha256', String(call), 'hex')}`);
}

function pass(cache: Bounded, trace: Uint32Array, names: readonly string[], ranked: number): Pass {
  let hits = 0;
  const began = performance.now();
  for (const call of trace) {
    const name = names[call] ?? '';
    if (cache.get(name) !== undefined) hits++;
    else cache.set(name, call);
  }
  const nanos = ((performance.now() - began) * 1e6) / trace.length;
  return { hitRate: hits / ranked, nanos };
}

function policed(passes: readonly Pass[]): Policed {
  return { hitRate: passes[0]?.hitRate ?? Number.NaN, nanos: spread(passes.map(({ nanos }) => nanos)) };
}

function compare(spec: TraceSpec, { entries, rounds }: ZipfJob): ZipfRow {
  const trace = makeTrace(spec);
  const names = namesFor(trace);
  const sieve: Pass[] = [];
  const lru: Pass[] = [];
  for (let round = 0; round <= rounds; round++) {
    const turns = [
      () => sieve.push(pass(makeSieve(entries), trace, names, spec.ranked)),
      () => lru.push(pass(makeLru(entries), trace, names, spec.ranked)),
    ];
    for (const turn of round % 2 === 0 ? turns : turns.reverse()) turn();
  }
  // The first round is compiled on the way.
  const rows = { sieve: policed(sieve.slice(1)), lru: policed(lru.slice(1)) };
  return { alpha: spec.alpha, hasScans: spec.scan !== null, ...rows };
}

process.on('message', (job: ZipfJob) => process.send?.(job.traces.map((spec) => compare(spec, job))));
process.on('disconnect', () => process.exit(0));
console.log('ready');
