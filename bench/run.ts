/**
 * The benchmark: what the gateway costs beside bare relays and bare caches, in one run on one machine.
 * Exit code 1 means broken answers, 2 a wrong call; slowness is printed and never fails.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { stopAll } from './children.ts';
import { limited } from './limited.ts';
import { missingForCluster, missingForRedis } from './redis.ts';
import { replay } from './replay.ts';
import { cpuReport, machine, type Report, save } from './report.ts';
import { text } from './report-text.ts';
import { measure } from './rounds.ts';
import { json, l1Hit, l2Hit, limitsJson, missJson, missStream, type Scenario, stream } from './scenarios.ts';
import { soak } from './soak.ts';
import { zipf } from './zipf/index.ts';

const HELP = `Usage: npm run bench -- [--quick] [--only NAME] [--help]

  --quick   fewer calls in each round: a look, not a result
  --only    one scenario instead of all
              json    CPU per request, whole answers of about 1 kB
              stream  CPU per relayed delta, 100 streams, 64 deltas 20 ms apart
              soak    1,000 streams at once: lost frames, memory per stream
              l1-hit  CPU per request that the cache in the process answers
              l2-hit  CPU per request that Redis answers
              miss    CPU per call that is looked up, relayed and kept, JSON and streams
              replay  time to the first byte of a stream from the cache
              limits  time that limits, budgets and ledger in a Redis Cluster add to a call, and CPU
              zipf    hits of the cache's policy beside an LRU, in the process
  --help    this text

l2-hit, miss and limits start redis-servers, and are skipped where none is installed.
Results are printed and written to dist/bench.json. bench/README.md says how to read them.`;

interface Entrant {
  /** Why it cannot run here; null: it can. */
  readonly missing: () => string | null;
  /** The reports come one by one. */
  readonly reports: (quick: boolean) => AsyncGenerator<Report>;
}

const SCENARIOS: Readonly<Record<string, Entrant>> = {
  json: cpu(json),
  stream: cpu(stream),
  soak: single(async () => ({ kind: 'soak', rows: await soak() })),
  'l1-hit': cpu(l1Hit),
  'l2-hit': cpu(l2Hit),
  miss: cpu(missJson, missStream),
  replay: single(async (quick) => ({ kind: 'replay', rows: await replay(quick) })),
  limits: { missing: missingForCluster, reports: limitsReports },
  zipf: single(async (quick) => ({ kind: 'zipf', rows: await zipf(quick) })),
};

const OUTPUT = fileURLToPath(new URL('../dist/bench.json', import.meta.url));

function cpu(...scenarios: readonly ((quick: boolean) => Scenario)[]): Entrant {
  return {
    missing: scenarios.some((make) => make(true).needsRedis) ? missingForRedis : () => null,
    async *reports(quick) {
      for (const make of scenarios) {
        const scenario = make(quick);
        yield cpuReport(scenario, await measure(scenario));
      }
    },
  };
}

function single(report: (quick: boolean) => Promise<Report>): Entrant {
  return {
    missing: () => null,
    async *reports(quick) {
      yield await report(quick);
    },
  };
}

async function* limitsReports(quick: boolean): AsyncGenerator<Report> {
  const { delays, commands, cpu } = await limited(quick);
  yield { kind: 'limits', rows: delays, commands };
  yield cpuReport(limitsJson(quick), cpu);
}

interface Options {
  readonly quick: boolean;
  readonly names: readonly string[];
}

/** Null when only help was wanted. @throws TypeError on an unknown option or scenario. */
function options(args: string[]): Options | null {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  const { quick, only, help } = values;
  if (help) return null;
  const names = Object.keys(SCENARIOS);
  if (only === undefined) return { quick, names };
  if (!names.includes(only)) throw new TypeError(`--only takes ${names.join(', ')}, not '${only}'`);
  return { quick, names: [only] };
}

async function run({ quick, names }: Options): Promise<void> {
  console.log(machine());
  const done: Report[] = [];
  for (const [name, { missing, reports }] of Object.entries(SCENARIOS)) {
    if (!names.includes(name)) continue;
    const reason = missing();
    if (reason !== null) {
      console.log(`\n${name}: skipped, since ${reason}`);
      continue;
    }
    for await (const report of reports(quick)) {
      console.log(`\n${text(report)}`);
      done.push(report);
    }
  }
  save(OUTPUT, done);
  console.log(`\nwritten to ${OUTPUT}`);
}

async function main(): Promise<void> {
  let chosen: Options | null;
  try {
    chosen = options(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
    process.exit(2);
  }
  if (chosen === null) return console.log(HELP);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stopAll().finally(() => process.exit(130)));
  }
  try {
    await run(chosen);
  } catch (error) {
    console.error(`\nbench failed: ${error instanceof Error ? error.message : error}`);
    process.exit(1);
  }
}

await main();
