/**
 * The load client, a process of its own, driven over the IPC channel: one `LoadJob` in, one `LoadResult` out.
 * Bare sockets and ready-made request bytes keep it cheaper than anything it measures.
 */
import { connect, type Socket } from 'node:net';
import { type Check, StreamCheck, wholeCheck } from './answer-check.ts';
import { ReplyReader } from './reply-reader.ts';
import { quantile } from './statistics.ts';
import { chatBody, SERIAL } from './wire.ts';

export interface LoadJob {
  readonly port: number;
  readonly key: string;
  readonly stream: boolean;
  readonly connections: number;
  /** Calls on each connection, one after the other. */
  readonly each: number;
  /** How many calls differ, asked in turns; null: every call is another. */
  readonly distinct: number | null;
  /** Milliseconds on each connection between an answer and the next call. */
  readonly pauseMs: number;
  /** Milliseconds over which the connections start, evenly. */
  readonly rampMs: number;
  /** Milliseconds after which what is missing counts as failed. */
  readonly deadlineMs: number;
}

export interface LoadResult {
  /** Calls answered in full: status 200, and for a stream every delta in order and `[DONE]`. */
  readonly completed: number;
  readonly deltas: number;
  readonly wallMs: number;
  /** Milliseconds from a call to the first byte of the body of its answer. */
  readonly firstByteMs: { readonly median: number; readonly p99: number };
  /** Answers by what their `x-llm-edge-cache` says; those without one are not counted. */
  readonly cache: Readonly<Record<string, number>>;
  /** Empty for a sound run; the first few faults otherwise. */
  readonly faults: readonly string[];
}

const MAX_FAULTS = 5;
let serial = 0;

function requestBytes(job: LoadJob): { bytes: Buffer; serialAt: number } {
  const body = chatBody(job.stream);
  const bytes = Buffer.from(
    `POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:${job.port}\r\nauthorization: Bearer ${job.key}\r\n` +
      'user-agent: bench/1.0\r\naccept: application/json\r\ncontent-type: application/json\r\n' +
      `connection: keep-alive\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  return { bytes, serialAt: bytes.indexOf(SERIAL) };
}

function nextSerial(distinct: number | null): string {
  serial++;
  return String(distinct === null ? serial : serial % distinct).padStart(SERIAL.length, '0');
}

class Run {
  readonly #job: LoadJob;
  readonly #began = performance.now();
  readonly #sockets = new Set<Socket>();
  readonly #faults: string[] = [];
  readonly #firstByteMs: number[] = [];
  readonly #cache: Record<string, number> = {};
  readonly #finish: (result: LoadResult) => void;
  readonly #deadline: NodeJS.Timeout;
  #completed = 0;
  #deltas = 0;
  #running: number;

  constructor(job: LoadJob, finish: (result: LoadResult) => void) {
    this.#job = job;
    this.#finish = finish;
    this.#running = job.connections;
    this.#deadline = setTimeout(() => this.#expire(), job.deadlineMs);
    for (let index = 0; index < job.connections; index++) {
      const delay = (job.rampMs * index) / job.connections;
      if (delay < 1) this.#open();
      else setTimeout(() => this.#open(), delay);
    }
  }

  #expire(): void {
    const missing = this.#job.connections * this.#job.each - this.#completed;
    this.#note(`${missing} calls unanswered after ${this.#job.deadlineMs} ms`);
    this.#end();
  }

  #note(fault: string): void {
    if (this.#faults.length < MAX_FAULTS) this.#faults.push(fault);
  }

  #end(): void {
    clearTimeout(this.#deadline);
    this.#running = 0;
    for (const socket of this.#sockets) socket.destroy();
    this.#finish({
      completed: this.#completed,
      deltas: this.#deltas,
      wallMs: performance.now() - this.#began,
      firstByteMs: { median: quantile(this.#firstByteMs, 0.5), p99: quantile(this.#firstByteMs, 0.99) },
      cache: this.#cache,
      faults: this.#faults,
    });
  }

  #open(): void {
    const { bytes, serialAt } = requestBytes(this.#job);
    const socket = connect({ host: '127.0.0.1', port: this.#job.port, noDelay: true });
    this.#sockets.add(socket);
    let left = this.#job.each;
    let check: Check = wholeCheck();
    let sentAt = 0;
    let hasBegun = false;
    const reader = new ReplyReader((piece) => {
      if (!hasBegun) this.#firstByteMs.push(performance.now() - sentAt);
      hasBegun = true;
      check.push(piece);
    });

    const send = () => {
      left--;
      reader.reset();
      check = this.#job.stream ? new StreamCheck() : wholeCheck();
      bytes.write(nextSerial(this.#job.distinct), serialAt, 'latin1');
      hasBegun = false;
      sentAt = performance.now();
      socket.write(bytes);
    };
    const close = (fault: string | null) => {
      if (!this.#sockets.delete(socket)) return;
      socket.destroy();
      if (fault !== null) this.#note(fault);
      this.#running--;
      if (this.#running === 0) this.#end();
    };
    const take = (piece: Buffer) => {
      if (!reader.push(piece)) return;
      this.#deltas += check.deltas;
      const fault = reader.status === 200 ? check.fault() : `status ${reader.status}`;
      if (fault !== null) return close(fault);
      this.#completed++;
      if (reader.cache !== '') this.#cache[reader.cache] = (this.#cache[reader.cache] ?? 0) + 1;
      if (left === 0) close(null);
      else if (this.#job.pauseMs === 0) send();
      else setTimeout(send, this.#job.pauseMs);
    };
    socket.on('connect', send);
    socket.on('data', (piece) => {
      try {
        take(piece);
      } catch (error) {
        close(String(error));
      }
    });
    socket.on('error', (error) => close(String(error)));
    socket.on('close', () => close('connection closed before the answer was complete'));
  }
}

/**
 * While a job runs, this process does not sleep: waking it would be billed to whoever sends it an answer, and only
 * a contestant that is dear enough to let it fall asleep would pay.
 */
let running = 0;

function stayAwake(): void {
  if (running > 0) setImmediate(stayAwake);
}

process.on('message', (job: LoadJob) => {
  running++;
  stayAwake();
  new Run(job, (result) => {
    running--;
    process.send?.(result);
  });
});
process.on('disconnect', () => process.exit(0));
console.log('ready');
