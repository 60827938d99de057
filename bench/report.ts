/** What came out of a scenario, as data: ratios, and the JSON file. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { dirname } from 'node:path';
import { pinned } from './children.ts';
import type { Commands, Delayed } from './limited.ts';
import type { Replayed } from './replay.ts';
import type { ContestantName } from './rig.ts';
import type { Measured } from './rounds.ts';
import type { Scenario } from './scenarios.ts';
import type { Soaked } from './soak.ts';
import { type Spread, spread } from './statistics.ts';
import type { ZipfRow } from './zipf/index.ts';

export interface Row {
  readonly name: ContestantName;
  readonly micros: Spread;
  /** CPU of this contestant over the baseline's, round by round. */
  readonly ratio: Spread;
}

export interface CpuReport {
  readonly kind: 'cpu';
  readonly scenario: string;
  readonly unit: string;
  readonly aim: Scenario['aim'];
  readonly rows: readonly Row[];
  readonly rounds: readonly Measured[];
}

export interface SoakReport {
  readonly kind: 'soak';
  readonly rows: readonly Soaked[];
}

export interface ReplayReport {
  readonly kind: 'replay';
  readonly rows: readonly Replayed[];
}

export interface LimitsReport {
  readonly kind: 'limits';
  readonly rows: readonly Delayed[];
  readonly commands: readonly Commands[];
}

export interface ZipfReport {
  readonly kind: 'zipf';
  readonly rows: readonly ZipfRow[];
}

export type Report = CpuReport | SoakReport | ReplayReport | LimitsReport | ZipfReport;

/** Ratios are taken within a round and only then summed up: what slows the machine for a while cancels out. */
export function cpuReport({ name, unit, aim }: Scenario, measured: readonly Measured[]): CpuReport {
  const base = measured.find((one) => one.name === aim.baseline)?.micros ?? [];
  const rows = measured.map(({ name, micros }) => ({
    name,
    micros: spread(micros),
    ratio: spread(micros.map((value, round) => value / (base[round] ?? Number.NaN))),
  }));
  return { kind: 'cpu', scenario: name, unit, aim, rows, rounds: measured };
}

export function machine(): string {
  const pinning = pinned
    ? 'pinned with taskset'
    : 'NOT pinned (no taskset, or one core): compare nothing with pinned runs';
  return `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, node ${process.version}, ${pinning}`;
}

export function save(path: string, reports: readonly Report[]): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    `${JSON.stringify({ at: new Date().toISOString(), machine: machine(), reports }, null, 2)}\n`,
  );
}
