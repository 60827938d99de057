/** What came out of a scenario, as a table to read. Aims are printed, never enforced. */
import type { Commands } from './limited.ts';
import type { CpuReport, LimitsReport, ReplayReport, Report, SoakReport, ZipfReport } from './report.ts';
import type { Spread } from './statistics.ts';
import { ENTRIES, type Policed, SCAN, UNIVERSE } from './zipf/index.ts';

const AIM_KB_PER_STREAM = 30;
const AIM_FIRST_BYTE_MS = 1;
const AIM_ADDED_MS = 0.5;

export function text(report: Report): string {
  switch (report.kind) {
    case 'cpu':
      return cpuText(report);
    case 'soak':
      return soakText(report);
    case 'replay':
      return replayText(report);
    case 'limits':
      return limitsText(report);
    case 'zipf':
      return zipfText(report);
  }
}

function cpuText({ scenario, unit, aim, rows, rounds }: CpuReport): string {
  const title = `${scenario}: CPU microseconds per ${unit}, median of ${rounds[0]?.micros.length} rounds`;
  const cells = rows.map(({ name, micros, ratio }) => [
    name,
    micros.median.toFixed(1),
    range(micros, 1),
    ratio.median.toFixed(2),
    range(ratio, 2),
  ]);
  const lines = table(['contestant', 'CPU us', 'spread', `x ${aim.baseline}`, 'spread'], cells);
  const verdicts = aim.of.map((name) => {
    const reached = rows.find((row) => row.name === name)?.ratio.median ?? Number.NaN;
    return verdict(name, reached, aim.ratio, `x ${aim.baseline}`, 2);
  });
  return [title, lines, ...verdicts].join('\n');
}

function soakText({ rows }: SoakReport): string {
  const cells = rows.map((one) => [
    one.name,
    String(one.streams),
    String(one.deltas),
    (one.beforeKb / 1024).toFixed(0),
    (one.peakKb / 1024).toFixed(0),
    one.kbPerStream.toFixed(1),
  ]);
  const reached = rows.find(({ name }) => name === 'gateway')?.kbPerStream ?? Number.NaN;
  const lines = table(['contestant', 'streams', 'deltas', 'MiB before', 'MiB peak', 'kB/stream'], cells);
  const aim = verdict('gateway', reached, AIM_KB_PER_STREAM, 'kB a stream', 1);
  return `soak: streams open at once, no frame lost\n${lines}\n${aim}`;
}

function replayText({ rows }: ReplayReport): string {
  const title = 'replay: milliseconds to the first byte of a stream from the cache, one call at a time';
  const cells = rows.map(({ name, pauseMs, medianMs, p99Ms }) => [
    name,
    pauseText(pauseMs),
    medianMs.median.toFixed(3),
    range(medianMs, 3),
    p99Ms.median.toFixed(3),
    range(p99Ms, 3),
  ]);
  const lines = table(['contestant', 'pause', 'median ms', 'spread', 'p99 ms', 'spread'], cells);
  const verdicts = rows
    .filter(({ name }) => name === 'gateway-l1')
    .map(({ name, pauseMs, medianMs }) =>
      verdict(`${name}, pause ${pauseMs} ms`, medianMs.median, AIM_FIRST_BYTE_MS, 'ms', 3),
    );
  return [title, lines, ...verdicts].join('\n');
}

function limitsText({ rows, commands }: LimitsReport): string {
  const title = 'limits: milliseconds from a call to its answer, one call at a time';
  const cells = rows.map(({ name, pauseMs, medianMs, p99Ms, addedMs }) => [
    name,
    pauseText(pauseMs),
    medianMs.median.toFixed(3),
    range(medianMs, 3),
    p99Ms.median.toFixed(3),
    addedMs.median.toFixed(3),
    range(addedMs, 3),
  ]);
  const lines = table(['contestant', 'pause', 'median ms', 'spread', 'p99 ms', 'added ms', 'spread'], cells);
  const sent = commands.map(commandsText);
  const verdicts = rows
    .filter(({ name }) => name !== 'gateway')
    .map(({ name, pauseMs, addedMs }) =>
      verdict(`${name}, pause ${pauseMs} ms`, addedMs.median, AIM_ADDED_MS, 'ms more than gateway', 3),
    );
  return [title, lines, ...sent, ...verdicts].join('\n');
}

function zipfText({ rows }: ZipfReport): string {
  const title = `zipf: ${ENTRIES} entries, ${UNIVERSE} calls that come again; scans of ${SCAN.length} that come once, each ${SCAN.every} calls`;
  const cells = rows.map(({ alpha, hasScans, sieve, lru }) => [
    `${alpha.toFixed(1)}${hasScans ? ' with scans' : ''}`,
    ...policyCells(sieve),
    ...policyCells(lru),
  ]);
  const head = ['alpha', 'SIEVE hits', 'ns', 'spread', 'LRU hits', 'ns', 'spread'];
  const worse = rows.filter(({ sieve, lru }) => sieve.hitRate < lru.hitRate).length;
  const aim = `  aim: SIEVE finds no less than LRU; ${worse === 0 ? 'reached' : `missed on ${worse} traces`}`;
  return `${title}\n${table(head, cells)}\n${aim}`;
}

/** What comes less than once in ten calls comes by the clock: slots of the cluster, health, sweeps. */
function commandsText({ name, perCall }: Commands): string {
  const all = Object.entries(perCall).sort(([one], [other]) => one.localeCompare(other));
  const often = all.filter(([, count]) => count >= 0.1);
  const rest = all.filter(([, count]) => count < 0.1).reduce((sum, [, count]) => sum + count, 0);
  const each = [...often, ['by the clock', rest] as const].map(([of, count]) => `${of} ${count.toFixed(3)}`);
  return `  Redis commands a call, ${name}: ${each.join(', ')}`;
}

function pauseText(pauseMs: number): string {
  return pauseMs === 0 ? 'none' : `${pauseMs} ms`;
}

function policyCells({ hitRate, nanos }: Policed): string[] {
  return [`${(hitRate * 100).toFixed(1)} %`, nanos.median.toFixed(0), range(nanos, 0)];
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

function verdict(name: string, reached: number, aim: number, what: string, digits: number): string {
  return `  aim for ${name}: <= ${aim} ${what}; reached ${reached.toFixed(digits)}${reached <= aim ? '' : ', missed'}`;
}
