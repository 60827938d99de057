import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Command, Redis } from 'ioredis';
import { listen } from './ports.ts';

export interface UpstashServer {
  readonly url: string;
  readonly token: string;
  /** How requests are answered from now on: as they should be, never, as by a service that is overloaded, or with no JSON. */
  behave(how: 'well' | 'hangs' | 'overloaded' | 'garbage'): void;
  /** Requests that came, whatever became of them. */
  requests(): number;
  close(): Promise<void>;
}

/**
 * Upstash's REST API for single commands (https://upstash.com/docs/redis/features/restapi) in front of a real Redis: a POST of
 * the command as a JSON array, a bearer token, `{"result"}` or `{"error"}`, strings in base64 for who asks for it.
 */
export async function startUpstashServer(redis: { host: string; port: number }): Promise<UpstashServer> {
  const token = 'test-token';
  const client = new Redis({ ...redis, maxRetriesPerRequest: 0, protocol: 2 });
  client.on('error', () => {});
  let how: Parameters<UpstashServer['behave']>[0] = 'well';
  let requests = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    requests += 1;
    const say = (status: number, body: unknown) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (how === 'hangs') return;
    if (how === 'garbage') return void response.writeHead(502).end('<html>Bad gateway</html>');
    if (how === 'overloaded') return say(429, { error: 'ERR max requests limit exceeded' });
    if (request.headers.authorization !== `Bearer ${token}`) return say(401, { error: 'Unauthorized' });
    try {
      const [name, ...args] = JSON.parse(await textOf(request)) as [string, ...(string | number)[]];
      const command = new Command(name, args);
      client.sendCommand(command);
      const asBase64 = request.headers['upstash-encoding'] === 'base64';
      say(200, { result: toJson(await command.promise, asBase64 ? 'base64' : 'utf8') });
    } catch (error) {
      say(400, { error: error instanceof Error ? error.message : 'ERR' });
    }
  }

  const { url, close } = await listen(createServer((request, response) => void answer(request, response)));
  return {
    url,
    token,
    behave: (next) => {
      how = next;
    },
    requests: () => requests,
    async close() {
      client.disconnect();
      await close();
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function toJson(reply: unknown, encoding: 'base64' | 'utf8'): unknown {
  if (Array.isArray(reply)) return reply.map((item) => toJson(item, encoding));
  if (!Buffer.isBuffer(reply)) return reply;
  const text = reply.toString('utf8');
  return text === 'OK' ? text : reply.toString(encoding);
}
