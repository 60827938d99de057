import cluster from 'node:cluster';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

// What many calls at a time make looks long-lived while the process warms up, and V8 would from then on put it where only full
// collections come by: there each small object keeps the whole of its call alive, and all of that is copied twice.
setFlagsFromString('--no-allocation-site-pretenuring');

// Compiled code is kept between starts, which halves their time. Only what is imported after this line gains by it.
enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/node', import.meta.url)));

// A reader of the log that goes away must not end the gateway.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

if (cluster.isPrimary) await (await import('./start.ts')).start(process.argv.slice(2));
else await (await import('./cluster/worker.ts')).runWorker();
