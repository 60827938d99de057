import type { Provider } from '../domain/provider.ts';
import type { AuthMode } from './config.ts';
import type { Fault } from './faults.ts';

export interface Exposure {
  readonly mode: AuthMode;
  /** Only this machine can reach the gateway. */
  readonly loopback: boolean;
  /** The address is the operator's to change, as on Node. */
  readonly hasHost: boolean;
  readonly providers: readonly Provider[];
}

/**
 * Refuses a gateway through which strangers could spend somebody's money: one that others can reach, that asks them
 * for no key, and that has a provider which does not either.
 */
export function refuseOpenRelay({ mode, loopback, hasHost, providers }: Exposure): Fault[] {
  if (loopback || mode === 'keys') return [];
  const real = providers.filter(({ transport }) => transport === 'network');
  const lent = mode === 'open' ? real : real.filter(({ auth }) => auth === 'none');
  if (lent.length === 0) return [];
  const ways = [
    'set GATEWAY_API_KEYS=name:key',
    ...(mode === 'open'
      ? ['AUTH_MODE=passthrough so that clients bring their own provider key']
      : ['AUTH_MODE=keys']),
    ...(hasHost ? ['HOST=127.0.0.1'] : []),
    'ALLOW_ANONYMOUS=true if anyone may use them',
  ];
  const names = lent.map(({ id }) => id).join(', ');
  const ask =
    mode === 'open'
      ? 'the gateway asks for no key'
      : 'passthrough checks no key for providers that need none';
  return [
    {
      path: 'AUTH_MODE',
      message: `others can reach this address and ${ask}, so they could use ${names} at your cost. To mend it: ${joined(mode, ways)}`,
    },
  ];
}

/** In passthrough mode the first two belong together. */
function joined(mode: AuthMode, ways: readonly string[]): string {
  const [first = '', second = '', ...rest] = ways;
  return mode === 'open' ? ways.join(', or ') : [`${first} and ${second}`, ...rest].join(', or ');
}
