import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import { pauseMs, Supervisor } from '../../adapters/node/cluster/supervisor.ts';
import type { WorkerProcess } from '../../adapters/node/cluster/worker-process.ts';
import { until } from '../support/wait.ts';

/** A worker that does what the test says, and ends when it is killed. */
function fakeWorker(pid: number) {
  const listening = Promise.withResolvers<string>();
  const gone = Promise.withResolvers<string>();
  const ended = Promise.withResolvers<void>();
  const orders: string[] = [];
  listening.promise.catch(() => {});
  const end = (reason: string) => {
    listening.reject(new Error(reason));
    gone.resolve(reason);
    ended.resolve();
  };
  const worker: WorkerProcess = {
    pid,
    listening: listening.promise,
    gone: gone.promise,
    ended: ended.promise,
    reading: async () => ({ metrics: [], cpuMicros: 0 }),
    reload: async () => null,
    drain: (lingerMs) => void orders.push(`drain ${lingerMs}`),
    kill: () => {
      orders.push('kill');
      end('it was killed');
    },
  };
  return { worker, orders, listen: () => listening.resolve('http://here'), leave: gone.resolve, end };
}

function setUp(count: number) {
  const clock = createFakeClock();
  const logger = createMemoryLogger();
  const forked: ReturnType<typeof fakeWorker>[] = [];
  const ended: number[] = [];
  const supervisor = new Supervisor({
    count,
    clock,
    logger,
    fork() {
      forked.push(fakeWorker(forked.length + 1));
      return forked.at(-1)!.worker;
    },
    onEnded: (pid) => ended.push(pid),
  });
  const started = async () => {
    const starting = supervisor.start();
    for (const { listen } of forked) listen();
    await starting;
  };
  return { supervisor, clock, logger, forked, ended, started };
}

describe('the supervisor of workers', () => {
  it('has started when all listen', async () => {
    const { supervisor, forked } = setUp(2);
    const starting = supervisor.start();
    let done = false;
    void starting.then(() => {
      done = true;
    });
    forked[0]!.listen();
    await Promise.resolve();
    expect(done).toBe(false);
    forked[1]!.listen();
    expect(await starting).toBe('http://here');
  });

  it('fails with the reason of the first that cannot start, and leaves none behind', async () => {
    const { supervisor, forked, ended } = setUp(3);
    const starting = supervisor.start();
    forked[0]!.listen();
    forked[1]!.end('the port is taken');
    await expect(starting).rejects.toThrow('the port is taken');
    expect(ended.sort()).toEqual([1, 2, 3]);
    expect(forked, 'nobody is replaced').toHaveLength(3);
  });

  it('replaces who ends, at once after a steady life', async () => {
    const { forked, clock, started, supervisor, ended } = setUp(2);
    await started();
    await clock.advance(30_000);
    forked[0]!.end('it was ended by SIGKILL');
    await until('a third is forked', () => forked.length === 3);
    expect(ended).toEqual([1]);
    expect(supervisor.workers.map(({ pid }) => pid)).toEqual([2, 3]);
  });

  it('replaces who is leaving before it has ended', async () => {
    const { forked, clock, started, supervisor, ended } = setUp(1);
    await started();
    await clock.advance(30_000);
    forked[0]!.leave('it is leaving');
    await until('another is forked', () => forked.length === 2);
    expect(ended).toEqual([]);
    expect(supervisor.workers).toHaveLength(2);
  });

  it('pauses longer each time for one that dies young', async () => {
    const { forked, logger, started } = setUp(1);
    await started();
    for (let i = 0; i < 3; i += 1) {
      forked[i]!.end('it ended with code 1');
      await until('the next is forked', () => forked.length === i + 2);
    }
    const pauses = logger.lines.map(({ fields }) => fields?.pause_ms);
    expect(pauses).toEqual([100, 200, 400]);
    expect([0, 1, 5, 10, 50].map(pauseMs)).toEqual([0, 100, 1_600, 30_000, 30_000]);
  });

  it('tells all to drain, replaces none and kills who does not end', async () => {
    const { forked, started, supervisor } = setUp(2);
    await started();
    const drained = supervisor.drain(2_000, 50);
    forked[0]!.end('it ended with code 0');
    await drained;
    expect(forked.map(({ orders }) => orders)).toEqual([['drain 2000'], ['drain 2000', 'kill']]);
  });
});
