/** Baseline: `node:http` in front, an undici pool behind, the two piped. As little as a relay on Node can do. */
import { createServer } from 'node:http';
import { Pool } from 'undici';

const pool = new Pool(process.env.UPSTREAM ?? '');

const server = createServer((incoming, outgoing) => {
  pool
    .request({
      method: 'POST',
      path: incoming.url ?? '/',
      headers: {
        'content-type': 'application/json',
        authorization: 'Bearer upstream',
        'content-length': incoming.headers['content-length'] ?? '0',
      },
      body: incoming,
    })
    .then((reply) => {
      const passed = ['content-type', 'content-length'] as const;
      outgoing.writeHead(
        reply.statusCode,
        passed.flatMap((name) => (reply.headers[name] === undefined ? [] : [name, reply.headers[name]])),
      );
      reply.body.pipe(outgoing);
    })
    .catch((error) => outgoing.destroy(error));
});

process.on('disconnect', () => process.exit(0));
server.listen({ host: '127.0.0.1', port: Number(process.env.PORT), backlog: 4096 }, () =>
  console.log('ready'),
);
