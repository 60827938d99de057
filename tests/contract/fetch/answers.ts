import type { IncomingMessage } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { expect } from 'vitest';
import { receive } from '../../support/received.ts';
import { collectText, connectionOf, expectClosed, type FetchTest, faultOf, readAll } from './bed.ts';

const BYTES = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7 + (i >> 8)) & 0xff);

export function answerTests(test: FetchTest): void {
  test('gives the status, the headers and the body of a JSON answer', async (bed) => {
    const { url } = await bed.http((_, response) => {
      response
        .writeHead(201, { 'content-type': 'application/json', 'x-request-id': 'r1' })
        .end('{"a":"\u00fc"}');
    });
    const reply = await bed.call(url);
    expect(reply.status).toBe(201);
    expect(reply.headers.get('content-type')).toBe('application/json');
    expect(JSON.parse(await collectText(reply))).toEqual({ a: '\u00fc' });
  });

  test('takes answers without a body as empty', async (bed) => {
    const { url } = await bed.http(({ url }, response) => {
      response.writeHead(Number(url?.slice(1)), url === '/200' ? { 'content-length': 0 } : {}).end();
    });
    for (const status of [200, 204, 304]) {
      const reply = await bed.call(`${url}/${status}`);
      expect(reply.status).toBe(status);
      expect(await collectText(reply)).toBe('');
      expect(await readAll((await bed.call(`${url}/${status}`)).stream())).toHaveLength(0);
    }
    const head = await bed.call(`${url}/200`, { method: 'HEAD' });
    expect(await collectText(head)).toBe('');
  });

  test('gives an error status as an answer, with its body', async (bed) => {
    const { url } = await bed.http((_, response) => {
      response.writeHead(503, { 'retry-after': '7' }).end('busy');
    });
    const reply = await bed.call(url);
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([503, '7']);
    expect(await collectText(reply)).toBe('busy');
  });

  test('reads header names in any case, joins repeated ones and invents none', async (bed) => {
    const { url } = await bed.bytes(
      'HTTP/1.1 200 OK\r\nX-Twice: a\r\nx-twice: b\r\nX-Long: ' +
        `${'v'.repeat(8_000)}\r\nContent-Length: 0\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n`,
    );
    const { headers } = await bed.call(url);
    expect(headers.get('x-twice')).toBe('a, b');
    expect(headers.get('X-Twice')).toBe('a, b');
    expect(headers.get('x-long')).toHaveLength(8_000);
    for (const name of ['x-none', 'constructor', '__proto__', 'tostring'])
      expect(headers.get(name)).toBeNull();
    const seen = new Map<string, string>();
    headers.forEach((value, name) => {
      seen.set(name, value);
    });
    expect(seen.get('x-twice')).toBe('a, b');
    expect([...seen.keys()].filter((name) => name !== 'set-cookie').sort()).toEqual([
      'content-length',
      'x-long',
      'x-twice',
    ]);
  });

  test('does not follow a redirect', async (bed) => {
    const paths: (string | undefined)[] = [];
    const { url } = await bed.http((request, response) => {
      paths.push(request.url);
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    const reply = await bed.call(`${url}/here`);
    expect([reply.status, reply.headers.get('location')]).toEqual([302, '/elsewhere']);
    reply.discard();
    expect(paths).toEqual(['/here']);
  });

  test('passes over what only announces the answer', async (bed) => {
    const { url } = await bed.bytes(
      'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok',
    );
    const reply = await bed.call(url);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('link')).toBeNull();
    expect(await collectText(reply)).toBe('ok');
  });

  test('sends method, path, query and headers as they are', async (bed) => {
    let got: IncomingMessage | null = null;
    const { url, port } = await bed.http((request, response) => {
      got = request;
      response.end();
    });
    const headers = { authorization: 'Bearer k', 'x-a': 'b' };
    await bed.call(`${url}/v1/a%20b/%2F?q=1&q=%C3%BC`, { method: 'DELETE', headers });
    expect(got).toMatchObject({
      method: 'DELETE',
      url: '/v1/a%20b/%2F?q=1&q=%C3%BC',
      headers: { ...headers, host: `127.0.0.1:${port}` },
    });
  });

  test('sends a body byte for byte, with its length', async (bed) => {
    const { url } = await bed.http((message, response) => {
      void receive(message).then(({ body, headers }) => {
        response.setHeader('x-length', headers['content-length'] ?? 'none').end(body);
      });
    });
    const bodies: readonly (Uint8Array | string | null)[] = [
      BYTES,
      BYTES.subarray(1_000, 1_005),
      new Uint8Array(0),
      BYTES.subarray(7, 7),
      'Gr\u00fc\u00dfe \u{1f511}',
      '',
      null,
    ];
    for (const body of bodies) {
      const reply = await bed.call(url, { method: 'POST', body, headers: { 'content-type': 'x/y' } });
      const sent = Buffer.from(body ?? '');
      expect(Buffer.from(await reply.collect(1_000_000)).equals(sent)).toBe(true);
      expect(reply.headers.get('x-length')).toBe(String(sent.length));
    }
  });

  test('collects up to the limit, and not a byte more', async (bed) => {
    const { url } = await bed.http((request, response) => {
      if (request.url === '/sized') response.setHeader('content-length', 1_000);
      response.write('x'.repeat(999));
      response.write('y');
      response.end();
    });
    for (const path of ['/sized', '/chunked']) {
      expect(await collectText(await bed.call(url + path), 1_000)).toHaveLength(1_000);
      expect(await faultOf((await bed.call(url + path)).collect(999))).toBe('too_large');
    }
  });

  test('closes the connection of a body over the limit that has not ended', async (bed) => {
    const upstream = await bed.http((_, response) => {
      response.write('x'.repeat(1_000));
    });
    const reply = await bed.call(upstream.url);
    let fault: Promise<string> | null = null;
    await expectClosed(await connectionOf(upstream), () => {
      fault = faultOf(reply.collect(999));
    });
    expect(await fault).toBe('too_large');
  });

  test('collects a large body whole', async (bed) => {
    const { url } = await bed.http((_, response) => {
      for (let i = 0; i < 20; i += 1) response.write(BYTES);
      response.end();
    });
    const whole = await (await bed.call(url)).collect(10_000_000);
    expect(Buffer.from(whole).equals(Buffer.concat(Array(20).fill(BYTES)))).toBe(true);
  });

  test('keeps a thousand calls at once apart', async (bed) => {
    const { url } = await bed.http((message, response) => {
      void receive(message).then(({ body, path }) => response.end(`${path}:${body.toString()}`));
    });
    const calls = Array.from({ length: 1_000 }, async (_, i) => {
      const reply = await bed.call(`${url}/${i}`, { method: 'POST', body: `body ${i}` });
      return collectText(reply);
    });
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 1_000 }, (_, i) => `/${i}:body ${i}`));
  });

  test('uses a connection again, after a collected and after a streamed body', async (bed) => {
    const { url, connections } = await bed.http((_, response) => {
      response.write('a');
      response.end('b');
    });
    await collectText(await bed.call(url));
    // A pool has the connection back a turn after the body is whole.
    await setImmediate();
    await readAll((await bed.call(url)).stream());
    await setImmediate();
    await collectText(await bed.call(url));
    expect(connections).toHaveLength(1);
  });
}
