/** From raw rounds to ratios, a table and a JSON file. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { dirname } from 'node:path';
import { pinned } from './children.ts';
import type { ContestantName } from './rig.ts';
import type { Measured, Scenario } from './rounds.ts';
import type { Soaked } from './soak.ts';

/** What the gateway is held against, and how near it wants to be. Aims are printed, never enforced. */
const AIMS = {
  json: { baseline: 'hono-relay', ratio: 1.3 },
  stream: { baseline: 'http-pipe', ratio: 1.15 },
  soak: { kbPerStream: 30 },
} as const;

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Row {
  readonly name: ContestantName;
  readonly micros: Spread;
  /** CPU of this contestant over the baseline's, round by round. */
  readonly ratio: Spread;
}

export interface ScenarioReport {
  readonly scenario: 'json' | 'stream';
  readonly unit: string;
  readonly baseline: ContestantName;
  readonly aim: number;
  readonly rows: readonly Row[];
  readonly rounds: readonly Measured[];
}

export interface SoakReport {
  readonly scenario: 'soak';
  readonly aimKbPerStream: number;
  readonly rows: readonly Soaked[];
}

export type Report = ScenarioReport | SoakReport;

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  const median = sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
  return { median, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}

/** Ratios are taken within a round and only then summed up: what slows the machine for a while cancels out. */
export function scenarioReport(scenario: Scenario, measured: readonly Measured[]): ScenarioReport {
  const { baseline, ratio: aim } = AIMS[scenario.name];
  const base = measured.find((one) => one.name === baseline)?.micros ?? [];
  const rows = measured.map(({ name, micros }) => ({
    name,
    micros: spread(micros),
    ratio: spread(micros.map((value, round) => value / (base[round] ?? Number.NaN))),
  }));
  return { scenario: scenario.name, unit: scenario.unit, baseline, aim, rows, rounds: measured };
}

export function soakReport(rows: readonly Soaked[]): SoakReport {
  return { scenario: 'soak', aimKbPerStream: AIMS.soak.kbPerStream, rows };
}

export function machine(): string {
  const pinning = pinned
    ? 'pinned with taskset'
    : 'NOT pinned (no taskset, or one core): compare nothing with pinned runs';
  return `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, node ${process.version}, ${pinning}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  return [head, ...rows].map((row) => `  ${line(row)}`).join('\n');
}

function range({ min, max }: Spread, digits: number): string {
  return `${min.toFixed(digits)}-${max.toFixed(digits)}`;
}

function verdict(reached: number, aim: number, what: string, digits: number): string {
  return `  aim: <= ${aim} ${what}; reached ${reached.toFixed(digits)}${reached <= aim ? '' : ', missed'}`;
}

function scenarioText(report: ScenarioReport): string {
  const title = `${report.scenario}: CPU microseconds per ${report.unit}, median of ${report.rounds[0]?.micros.length} rounds`;
  const rows = report.rows.map(({ name, micros, ratio }) => [
    name,
    micros.median.toFixed(1),
    range(micros, 1),
    ratio.median.toFixed(2),
    range(ratio, 2),
  ]);
  const reached = report.rows.find(({ name }) => name === 'gateway')?.ratio.median ?? Number.NaN;
  const lines = table(['contestant', 'CPU us', 'spread', `x ${report.baseline}`, 'spread'], rows);
  return `${title}\n${lines}\n${verdict(reached, report.aim, `x ${report.baseline}`, 2)}`;
}

function soakText(report: SoakReport): string {
  const rows = report.rows.map((one) => [
    one.name,
    String(one.streams),
    String(one.deltas),
    (one.beforeKb / 1024).toFixed(0),
    (one.peakKb / 1024).toFixed(0),
    one.kbPerStream.toFixed(1),
  ]);
  const reached = report.rows.find(({ name }) => name === 'gateway')?.kbPerStream ?? Number.NaN;
  const lines = table(['contestant', 'streams', 'deltas', 'MiB before', 'MiB peak', 'kB/stream'], rows);
  return `soak: streams open at once, no frame lost\n${lines}\n${verdict(reached, report.aimKbPerStream, 'kB a stream', 1)}`;
}

export function text(report: Report): string {
  return report.scenario === 'soak' ? soakText(report) : scenarioText(report);
}

export function save(path: string, reports: readonly Report[]): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    `${JSON.stringify({ at: new Date().toISOString(), machine: machine(), reports }, null, 2)}\n`,
  );
}
