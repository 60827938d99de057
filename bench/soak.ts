/** A thousand streams at once: is every frame delivered, and what does one open stream cost in memory? */
import { setTimeout as sleep } from 'node:timers/promises';
import { memoryKb } from './cpu.ts';
import { type ContestantName, drive, type Job, type Rig, startContestant, withRig } from './rig.ts';

export interface Soaked {
  readonly name: ContestantName;
  readonly streams: number;
  readonly deltas: number;
  /** Resident memory (PSS) before the streams and at its highest, in kB. */
  readonly beforeKb: number;
  readonly peakKb: number;
  readonly kbPerStream: number;
}

/** Slower than the pace of the other scenarios: memory is measured, and no queue shall form on one core. */
const SOAK_GAP_MS = 100;
const SAMPLE_MS = 200;
const SETTLE_MS = 1_000;
const JOB: Job = {
  stream: true,
  connections: 1_000,
  each: 1,
  distinct: null,
  pauseMs: 0,
  from: 'upstream',
  rampMs: 2_000,
  deadlineMs: 60_000,
};
/** Loads and compiles all code on the way, so that only the streams are left to grow the process. */
const WARMUP: Job = { ...JOB, connections: 50, rampMs: 100 };

async function peakWhile(pid: number, work: Promise<unknown>): Promise<number> {
  let peak = memoryKb(pid);
  let running = true;
  const stop = () => {
    running = false;
  };
  work.then(stop, stop);
  while (running) {
    await sleep(SAMPLE_MS);
    peak = Math.max(peak, memoryKb(pid));
  }
  return peak;
}

async function soakOne(rig: Rig, name: ContestantName): Promise<Soaked> {
  const child = await startContestant(rig, name);
  await drive(rig, child, WARMUP);
  await sleep(SETTLE_MS);
  const beforeKb = memoryKb(child.pid);
  const driven = drive(rig, child, JOB);
  const peakKb = await peakWhile(child.pid, driven);
  const { result } = await driven;
  await child.stop();
  const kbPerStream = (peakKb - beforeKb) / JOB.connections;
  return { name, streams: result.completed, deltas: result.deltas, beforeKb, peakKb, kbPerStream };
}

const FIELD: readonly ContestantName[] = ['http-pipe', 'hono-relay', 'gateway'];

/** One contestant after the other, each in a fresh process. @throws Error on a lost frame. */
export function soak(): Promise<Soaked[]> {
  return withRig({ gapMs: SOAK_GAP_MS, redis: 'none' }, async (rig) => {
    const all = [];
    for (const name of FIELD) all.push(await soakOne(rig, name));
    return all;
  });
}
