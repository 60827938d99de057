/** Baseline: a bare Hono handler that parses, hashes and answers with one GET of ioredis. What is not there, it fetches. */
import { hash } from 'node:crypto';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { Redis } from 'ioredis';
import { Pool } from 'undici';

const pool = new Pool(process.env.UPSTREAM ?? '');
const redis = new Redis(process.env.REDIS_URL ?? '');
const app = new Hono();

async function fetched(body: string): Promise<string> {
  const headers = { 'content-type': 'application/json', authorization: 'Bearer upstream' };
  const reply = await pool.request({ method: 'POST', path: '/v1/chat/completions', headers, body });
  return reply.body.text();
}

app.post('/v1/chat/completions', async (context) => {
  const text = await context.req.text();
  const { model } = JSON.parse(text) as { model?: unknown };
  if (typeof model !== 'string') return context.text('no model', 400);
  const key = `bench:${hash('sha256', text, 'hex')}`;
  let body = await redis.get(key);
  if (body === null) {
    body = await fetched(text);
    await redis.set(key, body, 'EX', 3600);
  }
  return new Response(body, { headers: { 'content-type': 'application/json' } });
});

process.on('disconnect', () => process.exit(0));
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env.PORT) }, () =>
  console.log('ready'),
);
