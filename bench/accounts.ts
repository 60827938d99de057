/** Were the calls of a gateway with limits really accounted? It is asked itself, as the holder of the key would ask. */
import { until } from '../tests/support/wait.ts';
import type { Child } from './children.ts';
import { BENCH_KEY, DAILY_BUDGET_USD, NANO_USD_PER_CALL } from './contestants/gateway.ts';
import { chatBody, USAGE } from './wire.ts';

const DAY_MS = 86_400_000;
const NANO = 1e9;
/** A call is entered after its answer, and again and again until the store has heard it. */
const ENTERED_WITHIN_MS = 15_000;

type Sums = Readonly<Record<string, number>>;

function ask(child: Child, path: string, body: string | null): Promise<Response> {
  return fetch(`http://127.0.0.1:${child.port}${path}`, {
    method: body === null ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${BENCH_KEY}`, 'content-type': 'application/json' },
    body,
  });
}

/** What the ledger says under the tag of the key. */
async function used(child: Child): Promise<Sums> {
  const yesterday = new Date(Date.now() - DAY_MS).toISOString().slice(0, 10);
  const answer = await ask(child, `/v1/usage?group_by=tag&from=${yesterday}`, null);
  const { data } = (await answer.json()) as { data?: readonly Readonly<Record<string, string | number>>[] };
  const line = data?.find(({ tag }) => tag === 'team=bench') ?? {};
  return {
    attempts: Number(line.attempts ?? 0),
    unpriced: Number(line.unpriced_attempts ?? 0),
    input: Number(line.input_tokens ?? 0),
    output: Number(line.output_tokens ?? 0),
    nanoUsd: Math.round(Number(line.cost_usd ?? 0) * NANO),
  };
}

function expected(calls: number): Sums {
  return {
    attempts: calls,
    unpriced: 0,
    input: calls * USAGE.prompt_tokens,
    output: calls * USAGE.completion_tokens,
    nanoUsd: calls * NANO_USD_PER_CALL,
  };
}

/** @throws Error unless the ledger has exactly these calls, with what they used and cost. */
export async function requireAccounted(name: string, child: Child, calls: number): Promise<void> {
  const wanted = JSON.stringify(expected(calls));
  let found = '';
  const isRight = async () => {
    found = JSON.stringify(await used(child));
    return found === wanted;
  };
  await until('the ledger', isRight, { deadlineMs: ENTERED_WITHIN_MS, everyMs: 100 }).catch((cause) => {
    const message = `${name} made ${calls} calls, which should be ${wanted} in the ledger; it has ${found}`;
    throw new Error(`${message}; ${child.lastWords()}`, { cause });
  });
}

/**
 * One call more: while it is under way its budget has to be short of what was spent and of what the call holds.
 * @throws Error when it holds nothing.
 */
export async function requireHold(name: string, child: Child): Promise<void> {
  const { nanoUsd: spent = 0 } = await used(child);
  const answer = await ask(child, '/v1/chat/completions', chatBody(false));
  await answer.text();
  const left = Number(answer.headers.get('x-llm-edge-budget-remaining-usd') ?? Number.NaN) * NANO;
  const held = DAILY_BUDGET_USD * NANO - spent - left;
  if (held > 0) return;
  throw new Error(
    `a call of ${name} held nothing of its budget: status ${answer.status}, ${left} nano-dollars left`,
  );
}
