import { readFileSync } from 'node:fs';
import { type RunningGateway, startGateway } from '../support/gateway.ts';
import { type ClientResponse, send } from '../support/http-client.ts';
import { readSamples, type Sample } from '../support/prometheus.ts';
import { until, within } from '../support/wait.ts';

/** A gateway on Node as a process, or as a primary with its workers. */
export interface NodeGateway extends RunningGateway {
  readonly pid: number;
  signal(name: NodeJS.Signals): void;
  /** Its exit code, once it has ended; a signal's name when that ended it. */
  ended(deadlineMs?: number): Promise<number | string>;
  /** Its children, the oldest first. */
  workers(): number[];
  samples(): Promise<Sample[]>;
}

/** @param file the text of a configuration file */
export async function startNode(
  env: Readonly<Record<string, string>> = {},
  file?: string,
): Promise<NodeGateway> {
  const gateway = await startGateway({
    runtime: 'node',
    env: { ENABLE_SANDBOX: 'true', ...env },
    ...(file === undefined ? {} : { file }),
  });
  const child = gateway.process;
  if (child?.pid === undefined) throw new Error('the gateway has no process');
  const { pid } = child;
  const outcome = () => child.exitCode ?? child.signalCode;
  return {
    ...gateway,
    pid,
    signal: (name) => void child.kill(name),
    ended: (deadlineMs = 10_000) =>
      until('the gateway ends', () => wrap(outcome()), { deadlineMs }).then(([code]) => code),
    workers: () => children(pid),
    samples: async () => {
      const [, url] = /metrics on (http:\S+)/.exec(gateway.logs()) ?? [];
      if (url === undefined) throw new Error(`no metrics are announced:\n${gateway.logs()}`);
      const answer = await within('a scrape', send(url), 4_000);
      return readSamples(await answer.text());
    },
  };
}

/** 0 is an outcome, which a poll would take for none. */
function wrap(outcome: number | string | null): [number | string] | null {
  return outcome === null ? null : [outcome];
}

export function children(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

export function isAlive(pid: number): boolean {
  try {
    // A zombie, which has ended and waits to be reaped, still takes signals.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

export interface Chat {
  readonly model?: string;
  /** Of one token each. */
  readonly words?: number;
  readonly stream?: boolean;
  readonly key?: string;
  readonly signal?: AbortSignal;
}

/** A call that the sandbox answers with as many words as are asked for, on a connection of its own. */
export function chat(
  { url }: { readonly url: string },
  { model = 'sandbox/echo', words = 3, stream = false, key, signal }: Chat = {},
): Promise<ClientResponse> {
  const content = new Array(words).fill('w').join(' ');
  const headers = { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) };
  const body = JSON.stringify({ model, stream, messages: [{ role: 'user', content }] });
  return send(`${url}/v1/chat/completions`, { headers, body, ...(signal && { signal }) });
}

/** Waits for the first bytes of the answer's body; what it answers with reads all of it. */
export async function afterFirstBytes(
  answer: ClientResponse,
): Promise<() => Promise<{ text: string; cut: boolean }>> {
  const chunks = answer.chunks()[Symbol.asyncIterator]();
  const { value } = await within('the first bytes', chunks.next());
  let text = String(value);
  return async () => {
    try {
      for (let next = await chunks.next(); !next.done; next = await chunks.next()) text += String(next.value);
      return { text, cut: false };
    } catch {
      return { text, cut: true };
    }
  };
}

/** The words of a chat stream that ended as it should. @throws Error when it did not. */
export function wordsOf({ text, cut }: { readonly text: string; readonly cut: boolean }): number {
  if (cut || !text.endsWith('data: [DONE]\n\n'))
    throw new Error(`the stream is not whole: …${text.slice(-200)}`);
  return (text.match(/"content":" ?w"/g) ?? []).length;
}

export async function isRefused({ url }: { readonly url: string }): Promise<boolean> {
  // A connection that the primary still took, but that no worker will ever take, is not answered at all.
  return within('an answer', send(`${url}/health/live`), 500).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ECONNREFUSED',
  );
}
