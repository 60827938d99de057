import { knownModels } from '../account/models.ts';
import { mayReach, mayUse } from '../auth/allow.ts';
import type { CallLife } from '../call-life.ts';
import type { Config } from '../config/config.ts';
import type { Answer } from '../domain/answer.ts';
import type { Clock } from '../ports/clock.ts';
import { createDiscoverModels } from '../provider/discover-models.ts';
import { type OfferedModel, offeredModels } from '../route/models.ts';
import type { Stages } from '../stages.ts';

/** The models that a principal may use, as `write` puts them. @throws GatewayError */
export type Models = (life: CallLife, write: (models: readonly OfferedModel[]) => string) => Promise<Answer>;

export function createModels(
  { authenticate, admitCall, send }: Stages,
  { providers, routes }: Config,
  clock: Clock,
): Models {
  const discover = createDiscoverModels(send, clock);

  return async function models(life, write) {
    const { record } = life;
    const principal = await authenticate(record.incoming);
    record.principal = principal;
    const headers = await admitCall(life, principal, null, []);
    const offered = await offeredModels(providers, routes, async (provider) => {
      const known = knownModels(provider.id);
      return known.size > 0 || provider.models.some((name) => !name.endsWith('-'))
        ? [...known]
        : discover(provider);
    });
    const allowed = offered.filter(
      ({ allowedBy }) => mayUse(principal, allowedBy) && mayReach(principal, allowedBy),
    );
    return life.answer(200, headers, write(allowed));
  };
}
