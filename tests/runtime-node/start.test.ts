import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { sendRaw } from '../support/http-client.ts';
import { listen, unusedPort } from '../support/ports.ts';
import { chat, isRefused, startNode } from './node-gateway.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Outcome {
  readonly code: number | string | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command until it ends by itself. */
function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const all = { PATH: process.env.PATH ?? '', METRICS_PORT: '0', PORT: '0', WORKERS: '1', ...env };
  const options = { cwd: ROOT, env: all, timeout: 10_000 };
  return new Promise((resolve) => {
    execFile(process.execPath, ['adapters/node/main.ts', ...args], options, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, stdout, stderr }),
    );
  });
}

describe('the command', () => {
  it('explains itself and says its version', async () => {
    const help = await run(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toContain('GATEWAY_API_KEYS');
    expect(await run(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    });
  });

  it.each(['1', '2'])('starts in less than 2 s with %s worker(s)', async (WORKERS) => {
    await (await startNode({ WORKERS })).close();
    const startedAt = performance.now();
    const gateway = await startNode({ WORKERS });
    const ms = Math.round(performance.now() - startedAt);
    await gateway.close();
    console.log(`a second start with ${WORKERS} worker(s) took ${ms} ms`);
    // The goal is 2 s; a machine that runs other tests beside this one gets more.
    expect(ms).toBeLessThan(6_000);
  });

  it('listens on the loopback address unless told otherwise, with the sandbox if nothing else is configured', async () => {
    const gateway = await startNode({ HOST: '127.0.0.1', ENABLE_SANDBOX: '' });
    expect(gateway.logs()).toMatch(
      /listening on http:\/\/127\.0\.0\.1:\d+ \(auth: open, providers: sandbox, workers: 1\)/,
    );
    expect(gateway.logs()).toContain('curl http://127.0.0.1:');
    await gateway.close();
  });
});

describe.each(['1', '2'])('a start with %s worker(s) is refused', (WORKERS) => {
  it('as an open relay, and says how to mend it', async () => {
    const { code, stderr, stdout } = await run([], {
      WORKERS,
      HOST: '0.0.0.0',
      OPENAI_API_KEY: 'sk-secret-value-1',
    });
    expect(code).toBe(1);
    expect(stdout).toBe('');
    for (const way of ['GATEWAY_API_KEYS=name:key', 'HOST=127.0.0.1', 'ALLOW_ANONYMOUS=true'])
      expect(stderr).toContain(way);
    expect(stderr).not.toContain('sk-secret-value-1');
  });

  it('with all faults of the configuration at once, each told once', async () => {
    const { code, stderr } = await run([], {
      WORKERS,
      PORT: 'eighty',
      LOG_LEVEL: 'loud',
      MAX_REQUEST_SIZE: '-1',
    });
    expect(code).toBe(1);
    for (const name of ['PORT', 'LOG_LEVEL', 'MAX_REQUEST_SIZE'])
      expect(stderr.match(new RegExp(`^\\W*${name}\\b`, 'gm')), stderr).toHaveLength(1);
  });

  it('when the port is taken, in one sentence', async () => {
    const taken = await listen(createServer());
    const { code, stderr } = await run([], { WORKERS, PORT: String(taken.port) });
    expect(code).toBe(1);
    expect(stderr).toBe(
      `The gateway cannot start: 127.0.0.1:${taken.port} is in use by another process; stop that one or choose another PORT.\n`,
    );
    await taken.close();
  });

  it('when the port for metrics is taken, and leaves nothing behind', async () => {
    const taken = await listen(createServer());
    const port = await unusedPort();
    const { code, stderr } = await run([], { WORKERS, PORT: String(port), METRICS_PORT: String(taken.port) });
    expect(code).toBe(1);
    expect(stderr).toContain(`127.0.0.1:${taken.port} is in use`);
    expect(stderr).toContain('METRICS_PORT');
    expect(await isRefused({ url: `http://127.0.0.1:${port}` })).toBe(true);
    await taken.close();
  });

  it('when the metrics would share the port of the API', async () => {
    const port = String(await unusedPort());
    const { code, stderr } = await run([], { WORKERS, PORT: port, METRICS_PORT: port });
    expect(code).toBe(1);
    expect(stderr).toMatch(/METRICS_PORT\W.*must differ from PORT/);
  });

  it('on an address that this machine does not have', async () => {
    const { code, stderr } = await run([], { WORKERS, HOST: '192.0.2.1', ALLOW_ANONYMOUS: 'true' });
    expect(code).toBe(1);
    expect(stderr).toContain('HOST=192.0.2.1 is no address of this machine');
  });
});

describe('requests that are no HTTP', () => {
  it('are refused, and the next caller is served', async () => {
    const gateway = await startNode();
    const bad = {
      'GET / HTTP/1.1\r\nHost: x\r\nbroken header\r\n\r\n': 400,
      '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03': 400,
      'POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n': 400,
      'POST /v1/messages HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nnot a size\r\n': 400,
      [`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(20_000)}\r\n\r\n`]: 431,
    };
    for (const [bytes, status] of Object.entries(bad))
      expect(await sendRaw(gateway.url, Buffer.from(bytes, 'latin1'))).toMatch(
        new RegExp(`^HTTP/1.1 ${status} `),
      );
    expect((await chat(gateway)).status).toBe(200);
    expect(gateway.logs()).not.toContain('uncaught');
    await gateway.close();
  });
});
