import { Resolver } from 'node:dns/promises';

/** Every address that a host name stands for. Rejects when there is none. */
export type ResolveHost = (host: string, signal: AbortSignal) => Promise<readonly string[]>;

/**
 * Asks the name servers themselves. `dns.lookup` would do its waiting in libuv's four threads, and a few names whose servers
 * do not answer would hold up the look-ups of everybody, the providers' among them; it would also read the machine's
 * own hosts file, which lists nothing that is on the public internet.
 *
 * @param servers as `Resolver.setServers` takes them; left out, those of the system.
 */
export function createResolveHost(servers?: readonly string[]): ResolveHost {
  return async (host, signal) => {
    signal.throwIfAborted();
    const resolver = new Resolver();
    if (servers !== undefined) resolver.setServers(servers);
    const cancel = () => resolver.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    try {
      return await allAddresses(resolver, host);
    } finally {
      signal.removeEventListener('abort', cancel);
    }
  };
}

async function allAddresses(resolver: Resolver, host: string): Promise<readonly string[]> {
  const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
  const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  if (addresses.length > 0) return addresses;
  throw (
    answers.find((answer) => answer.status === 'rejected')?.reason ?? new Error('the host has no address')
  );
}
