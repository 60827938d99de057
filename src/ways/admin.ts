import type { CallLife } from '../call-life.ts';
import type { Config } from '../config/config.ts';
import { maskedConfig } from '../config/masked.ts';
import type { Answer } from '../domain/answer.ts';
import { readPurge } from '../edge/read-purge.ts';
import { readServiceOrder, type ServiceOrder } from '../edge/read-service-order.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import { StoreFault } from '../ports/store-fault.ts';
import type { Stages } from '../stages.ts';
import { reportProviders } from './provider-report.ts';

/** What an operator may ask for and order. Each @throws GatewayError, first of all without the admin key. */
export interface Admin {
  /** Makes the cache forget. */
  purge(life: CallLife): Promise<Answer>;
  /** How the providers and their targets do. */
  providers(life: CallLife): Promise<Answer>;
  /** Takes a provider or a target out of service, or back. */
  service(life: CallLife): Promise<Answer>;
  /** The configuration in force, without its secrets. */
  config(life: CallLife): Promise<Answer>;
}

export function createAdmin(
  { requireAdmin, cache, attempts }: Pick<Stages, 'requireAdmin' | 'cache' | 'attempts'>,
  config: Config,
): Admin {
  return {
    async purge(life) {
      const { incoming } = life.record;
      await requireAdmin(incoming);
      const order = readPurge(incoming.query);
      await cache.purge(order);
      return answer(life, { object: 'cache.purge', ...order });
    },
    async providers(life) {
      await requireAdmin(life.record.incoming);
      return answer(life, { object: 'list', data: reportProviders(config, attempts) });
    },
    async service(life) {
      await requireAdmin(life.record.incoming);
      const order = readServiceOrder(life.record.incoming.path);
      requireProvider(order.id);
      const told = await obey(order);
      const drained = order.action === 'drain';
      return answer(life, { object: 'provider.service', id: order.id, drained, others_told: told });
    },
    async config(life) {
      await requireAdmin(life.record.incoming);
      return answer(life, { object: 'config', config: maskedConfig(config) });
    },
  };

  /** @returns false when the other processes could not be told: here it is done all the same. */
  async function obey({ id, action }: ServiceOrder): Promise<boolean> {
    try {
      await attempts[action](id);
      return true;
    } catch (fault) {
      if (fault instanceof StoreFault) return false;
      throw fault;
    }
  }

  /** Models are not checked: an operator may know one that no route names. */
  function requireProvider(id: string): void {
    const { providers } = config;
    if (providers.some((provider) => provider.id === id.split('/')[0])) return;
    const ids = providers.map((provider) => provider.id).join(', ') || 'none';
    throw new GatewayError('not_found', `There is no such provider (configured: ${ids}).`);
  }
}

function answer(life: CallLife, body: object): Answer {
  return life.answer(200, { 'cache-control': 'no-store' }, JSON.stringify(body));
}
