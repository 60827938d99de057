import { type ChildProcess, fork } from 'node:child_process';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSharedHealthStore } from '../../adapters/node/shared/health-store.ts';
import { createSharedLedger, createSharedLimitStore } from '../../adapters/node/shared/limit-store.ts';
import { Link } from '../../adapters/node/shared/link.ts';
import { createSharedOwnerStore } from '../../adapters/node/shared/owner-store.ts';
import { claimsContract } from '../contract/claims.ts';
import { healthStoreContract, sharedHealthStoreContract } from '../contract/health-store.ts';
import { ledgerContract } from '../contract/ledger.ts';
import { limitStoreContract } from '../contract/limit-store.ts';
import { ownerStoreContract } from '../contract/owner-store.ts';
import type { StoreHostApi } from './node-store-host.ts';

const LONG_MS = 10_000;
const RULE = { tenant: 't', subject: 'rpm:key', limit: 10, periodMs: 60_000 };

interface Host {
  readonly process: ChildProcess;
  readonly link: Link<StoreHostApi>;
}

function startHost(): Host {
  const child = fork(new URL('node-store-host.ts', import.meta.url), { serialization: 'advanced' });
  return { process: child, link: new Link<StoreHostApi>(child, {}) };
}

/** The suites, with another process between the proxy and the store. */
const shared: { host?: Host } = {};
beforeAll(() => {
  shared.host = startHost();
});
afterAll(() => void shared.host?.process.kill());

async function makeWith<S>(create: (link: Link<StoreHostApi>) => S) {
  const link = (shared.host ?? startHost()).link;
  await link.call('renew', [], LONG_MS);
  let now = await link.call('advance', [0], LONG_MS);
  const advance = async (ms: number) => {
    now = await link.call('advance', [ms], LONG_MS);
  };
  return { store: create(link), peer: create(link), clock: { now: () => now }, advance };
}

limitStoreContract('shared over IPC', () => makeWith((link) => createSharedLimitStore(link)));
claimsContract('shared over IPC', () => makeWith((link) => createSharedLimitStore(link)));
ledgerContract('shared over IPC', async () => {
  const { store } = await makeWith((link) => ({
    ledger: createSharedLedger(link),
    limits: createSharedLimitStore(link),
  }));
  return store;
});
ownerStoreContract('shared over IPC', () => makeWith(createSharedOwnerStore));
healthStoreContract('shared over IPC', () => makeWith(createSharedHealthStore));
sharedHealthStoreContract('shared over IPC', () => makeWith(createSharedHealthStore));

describe('a link between two processes', () => {
  const hosts: Host[] = [];
  const start = async () => {
    const host = startHost();
    hosts.push(host);
    await host.link.call('renew', [], LONG_MS);
    return host;
  };
  afterEach(() => {
    for (const { process } of hosts.splice(0)) process.kill('SIGKILL');
  });

  it('sends what is asked in one turn of the event loop as one message', async () => {
    const { link } = await start();
    const before = await link.call('messages', [], LONG_MS);
    const takes = await Promise.all(Array.from({ length: 50 }, () => link.call('take', [RULE, 1], LONG_MS)));
    expect(takes.filter(({ allowed }) => allowed)).toHaveLength(10);
    expect((await link.call('messages', [], LONG_MS)) - before).toBe(2);
  });

  it('sends a binding at once, since its reader may come to another process', async () => {
    const { link, process } = await start();
    const sent: unknown[] = [];
    const send = process.send.bind(process);
    process.send = (message: never, ...rest: never[]) => {
      sent.push(message);
      return send(message, ...rest);
    };
    const bound = createSharedOwnerStore(link).bind('t', 'resp_1', { provider: 'openai' }, 60_000);
    expect(sent).toHaveLength(1);
    await bound;
  });

  it('hands on what the other side throws', async () => {
    const { link } = await start();
    await expect(link.call('fail', [], LONG_MS)).rejects.toThrow('out of range');
  });

  it('gives up on an answer that does not come, and only on that', async () => {
    const { link } = await start();
    await expect(link.call('hang', [], 50)).rejects.toThrow('hang had no answer within 50 ms');
    expect((await link.call('take', [RULE, 1], LONG_MS)).allowed).toBe(true);
  });

  it('ignores an answer that comes too late', async () => {
    const { link, process } = await start();
    process.kill('SIGSTOP');
    await expect(link.call('take', [RULE, 1], 50)).rejects.toThrow('had no answer');
    process.kill('SIGCONT');
    expect((await link.call('take', [RULE, 1], LONG_MS)).remaining).toBe(8);
  });

  it('fails all that wait when the other side dies, and whatever comes later', async () => {
    const { link, process } = await start();
    const waiting = [link.call('hang', [], LONG_MS), link.call('hang', [], LONG_MS)];
    const outcomes = Promise.allSettled(waiting);
    process.kill('SIGKILL');
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(link.call('find', ['t', 'resp_1'], LONG_MS)).rejects.toThrow('the channel is closed');
    await expect(createSharedHealthStore(link).marks()).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('refuses calls at once when too many wait already', async () => {
    const { link, process } = await start();
    process.kill('SIGSTOP');
    const all = Array.from({ length: 10_005 }, () => link.call('hang', [], LONG_MS));
    const refused = all.slice(10_000).map((call) => expect(call).rejects.toThrow('too many calls'));
    await Promise.all(refused);
    const rest = Promise.allSettled(all);
    process.kill('SIGKILL');
    await rest;
  });
});
