/** Baseline: a bare Hono relay over an undici pool, without any of a gateway's work. */
import { Readable } from 'node:stream';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { Pool } from 'undici';

const pool = new Pool(process.env.UPSTREAM ?? '');
const app = new Hono();

app.post('/v1/chat/completions', async (context) => {
  const reply = await pool.request({
    method: 'POST',
    path: '/v1/chat/completions',
    headers: { 'content-type': 'application/json', authorization: 'Bearer upstream' },
    body: new Uint8Array(await context.req.arrayBuffer()),
  });
  const type = String(reply.headers['content-type']);
  const init = { status: reply.statusCode, headers: { 'content-type': type } };
  if (type.startsWith('text/event-stream'))
    return new Response(Readable.toWeb(reply.body) as ReadableStream, init);
  return new Response(new Uint8Array(await reply.body.arrayBuffer()), init);
});

process.on('disconnect', () => process.exit(0));
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT) }, () =>
  console.log('ready'),
);
