import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { createMemoryBackground } from '../../adapters/memory/background.ts';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createConsoleLogger } from '../../adapters/memory/console-logger.ts';
import { createMemoryDeps } from '../../adapters/memory/deps.ts';
import { createScriptedFetch } from '../../adapters/memory/fetch.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import type { LogLevel } from '../../src/ports/logger.ts';

describe('console logger', () => {
  const START = Date.UTC(2026, 0, 2, 3, 4, 5, 6);
  const create = (level?: LogLevel) => {
    const lines: string[] = [];
    const options = { clock: createFakeClock(START), write: (line: string) => void lines.push(line) };
    return { lines, logger: createConsoleLogger(level === undefined ? options : { ...options, level }) };
  };

  it('writes one object with its names in order and without undefined fields', () => {
    const { logger, lines } = create();
    logger.log('info', 'request', { status: 200, tenant: undefined, cost: null });
    expect(lines).toEqual([
      '{"time":"2026-01-02T03:04:05.006Z","level":"info","message":"request","status":200,"cost":null}',
    ]);
  });

  it('drops lines below its level, debug by default', () => {
    const all = ['debug', 'info', 'warn', 'error'] as const;
    const written = (level?: LogLevel) => {
      const { logger, lines } = create(level);
      for (const line of all) logger.log(line, line);
      return lines.length;
    };
    expect([written(), ...all.map(written)]).toEqual([3, 4, 3, 2, 1]);
  });

  it('keeps the time from being forged, in the order of the names too', () => {
    const { logger, lines } = create();
    logger.log('info', 'm', { time: 'never', level: 'debug' });
    expect(lines).toEqual(['{"time":"2026-01-02T03:04:05.006Z","level":"info","message":"m"}']);
  });

  it('never throws when the line cannot be written or the clock is broken', () => {
    const fail = () => {
      throw new Error('EPIPE');
    };
    createConsoleLogger({ clock: createFakeClock(), write: fail }).log('error', 'lost');
    createConsoleLogger({ clock: createFakeClock(Number.NaN), write: () => {} }).log('error', 'lost');
  });
});

describe('memory background', () => {
  it('logs the kind and the place of a failure, not its message, which may quote content', async () => {
    const logger = createMemoryLogger();
    const background = createMemoryBackground({ logger });
    background.waitUntil(Promise.resolve().then(() => JSON.parse('my secret prompt')));
    await background.idle();
    expect(logger.lines[0]).toMatchObject({ level: 'error', fields: { error: 'SyntaxError' } });
    expect(JSON.stringify(logger.lines)).not.toContain('secret');
  });
});

describe('scripted fetch', () => {
  const request = (signal = new AbortController().signal) => ({
    method: 'POST',
    url: 'http://upstream.test/v1',
    headers: {},
    body: null,
    signal,
  });
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

  it('answers with status, headers and body', async () => {
    const fetch = createScriptedFetch(({ url }) => ({
      status: 201,
      headers: { 'X-Url': url },
      body: 'caf\u00e9',
    }));
    const reply = await fetch(request());
    expect([reply.status, reply.headers.get('x-url')]).toEqual([201, 'http://upstream.test/v1']);
    expect(decode(await reply.collect(5))).toBe('caf\u00e9');
  });

  /** Yields three bytes, each in a chunk of its own, and notes how far it was read. */
  async function* noted(seen: (number | string)[]) {
    try {
      for (const byte of [1, 2, 3]) {
        seen.push(byte);
        yield Uint8Array.of(byte);
      }
    } finally {
      seen.push('closed');
    }
  }
  const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

  it('reads no further than it is asked to, and ends the script when the reader leaves', async () => {
    const seen: (number | string)[] = [];
    const reply = await createScriptedFetch(() => ({ body: noted(seen) }))(request());
    const reader = reply.stream().getReader();
    await reader.read();
    await turn();
    expect(seen).toEqual([1]);
    await reader.cancel();
    await turn();
    expect(seen).toEqual([1, 'closed']);
  });

  it('ends the script on abort, while nobody reads', async () => {
    const seen: (number | string)[] = [];
    const controller = new AbortController();
    const reply = await createScriptedFetch(() => ({ body: noted(seen) }))(request(controller.signal));
    const reader = reply.stream().getReader();
    await reader.read();
    controller.abort();
    await turn();
    expect(seen).toEqual([1, 'closed']);
    await expect(reader.read()).rejects.toMatchObject({ kind: 'aborted' });
  });

  it('faults like the network: refused by the script, cut, too large, aborted', async () => {
    async function* broken() {
      yield Uint8Array.of(1);
      throw new Error('socket hang up');
    }
    const cut = await createScriptedFetch(() => ({ body: broken() }))(request());
    await expect(cut.collect(100)).rejects.toMatchObject({ kind: 'cut' });
    const large = await createScriptedFetch(() => ({ body: 'xx' }))(request());
    await expect(large.collect(1)).rejects.toMatchObject({ kind: 'too_large' });
    const gone = createScriptedFetch(() => ({}))(request(AbortSignal.abort()));
    await expect(gone).rejects.toMatchObject({ kind: 'aborted' });
  });

  it('hears an abort before the answer and inside a silent body', async () => {
    const never = new Promise<never>(() => {});
    const early = new AbortController();
    const pending = createScriptedFetch(() => never)(request(early.signal));
    early.abort();
    await expect(pending).rejects.toMatchObject({ kind: 'aborted' });

    async function* silent() {
      yield Uint8Array.of(1);
      await never;
    }
    const late = new AbortController();
    const reply = await createScriptedFetch(() => ({ body: silent() }))(request(late.signal));
    const collected = reply.collect(100);
    late.abort();
    await expect(collected).rejects.toMatchObject({ kind: 'aborted' });
    reply.discard();
  });
});

describe('memory deps', () => {
  const fetch = createScriptedFetch(() => ({}));

  it('fills every port and keeps what is handed in', async () => {
    const logger = createMemoryLogger();
    const deps = createMemoryDeps({ fetch, logger });
    expect([deps.fetch, deps.logger]).toEqual([fetch, logger]);
    expect(await deps.keys?.find('x')).toBeNull();
    expect(Math.abs(deps.clock.now() - Date.now())).toBeLessThan(5_000);
  });

  it('lets a clock that is handed in drive the stores', async () => {
    const clock = createFakeClock();
    const { owners } = createMemoryDeps({ fetch, clock });
    await owners.bind('t', 'resp_1', { provider: 'openai' }, 1_000);
    await clock.advance(1_000);
    expect(await owners.find('t', 'resp_1')).toBeNull();
  });
});

describe('system clock', () => {
  it('keeps no process alive', () => {
    const clock = new URL('../../adapters/memory/clock.ts', import.meta.url);
    const script = `import { createSystemClock } from '${clock}'; createSystemClock().after(60_000, () => {});`;
    const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script], { timeout: 10_000 });
    expect([ended.status, ended.signal, String(ended.stderr)]).toEqual([0, null, '']);
  });
});

describe('fake clock', () => {
  it('fires timers that fall due together in the order in which they were set', async () => {
    const clock = createFakeClock();
    const fired: number[] = [];
    for (const i of [1, 2, 3]) clock.after(10, () => fired.push(i));
    await clock.advance(10);
    expect(fired).toEqual([1, 2, 3]);
  });

  it('lets the test see what a timer throws', async () => {
    const clock = createFakeClock();
    clock.after(1, () => {
      throw new Error('from the timer');
    });
    await expect(clock.advance(1)).rejects.toThrow('from the timer');
  });
});
