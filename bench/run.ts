/**
 * The benchmark: what the gateway costs beside two bare relays, in one run on one machine.
 * Exit code 1 means broken answers, 2 a wrong call; slowness is printed and never fails.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { stopAll } from './children.ts';
import { machine, type Report, save, scenarioReport, soakReport, text } from './report.ts';
import type { ContestantName } from './rig.ts';
import { jsonScenario, measure, streamScenario } from './rounds.ts';
import { soak } from './soak.ts';

const HELP = `Usage: npm run bench -- [--quick] [--only json|stream|soak] [--help]

  --quick   fewer calls in each round: a look, not a result
  --only    one scenario instead of all
              json    CPU per request, whole answers of about 1 kB
              stream  CPU per relayed delta, 100 streams, 64 deltas 20 ms apart
              soak    1,000 streams at once: lost frames, memory per stream
  --help    this text

Results are printed and written to dist/bench.json. bench/README.md says how to read them.`;

const SCENARIOS = ['json', 'stream', 'soak'] as const;
type ScenarioName = (typeof SCENARIOS)[number];

const FIELD: readonly ContestantName[] = ['http-pipe', 'hono-relay', 'gateway'];
const OUTPUT = fileURLToPath(new URL('../dist/bench.json', import.meta.url));

interface Options {
  readonly quick: boolean;
  readonly scenarios: readonly ScenarioName[];
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
  if (values.help) return null;
  if (values.only === undefined) return { quick: values.quick, scenarios: SCENARIOS };
  const only = SCENARIOS.find((name) => name === values.only);
  if (only === undefined) throw new TypeError(`--only takes ${SCENARIOS.join(', ')}, not '${values.only}'`);
  return { quick: values.quick, scenarios: [only] };
}

async function report(name: ScenarioName, quick: boolean): Promise<Report> {
  if (name === 'soak') return soakReport(await soak(FIELD));
  const scenario = name === 'json' ? jsonScenario(quick) : streamScenario(quick);
  return scenarioReport(scenario, await measure(scenario, FIELD));
}

async function run({ quick, scenarios }: Options): Promise<void> {
  console.log(machine());
  const reports: Report[] = [];
  for (const name of scenarios) {
    const one = await report(name, quick);
    console.log(`\n${text(one)}`);
    reports.push(one);
  }
  save(OUTPUT, reports);
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
