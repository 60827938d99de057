import type { RouteTable } from '../config/config.ts';
import type { Provider } from '../domain/provider.ts';

/** A model as the gateway offers it. `id` is a name that routes to it. */
export interface OfferedModel {
  readonly id: string;
  /** A provider, or the gateway itself for its routes. */
  readonly ownedBy: string;
  /** All names that ask for it. */
  readonly names: readonly string[];
  /** A key that may use one of these may use it, or a part of it. */
  readonly allowedBy: readonly string[];
}

/** Models that are known of a provider, by the name the provider gives them. */
export type ModelNames = (provider: Provider) => Promise<readonly string[]>;

/** Names that end in `-` are prefixes of families, not models. */
function declared(provider: Provider): string[] {
  return provider.models.filter((name) => !name.endsWith('-'));
}

/**
 * The routes and other names of the configuration, then every model of every provider. The bare name is offered by the first
 * that has it, further ones by `provider/model`, which is what the planner makes of them.
 */
export async function offeredModels(
  providers: readonly Provider[],
  table: RouteTable,
  names: ModelNames,
): Promise<OfferedModel[]> {
  const lists = await Promise.all(
    providers.map(async (provider) => [provider, await names(provider)] as const),
  );
  const routes = offeredRoutes(table);
  const taken = new Set(routes.map(({ id }) => id));
  const models = lists.flatMap(([provider, known]) =>
    [...new Set([...declared(provider), ...known])].sort().map((model): OfferedModel => {
      const bare = provider.transport === 'network' && !taken.has(model);
      taken.add(model);
      const full = `${provider.id}/${model}`;
      const asked = bare ? [model, full] : [full];
      return { id: bare ? model : full, ownedBy: provider.id, names: asked, allowedBy: asked };
    }),
  );
  return [...routes, ...models];
}

const GATEWAY = 'llm-edge-agent';

/** Names with a `*` stand for more than can be listed. */
function offeredRoutes({ routes, aliases }: RouteTable): OfferedModel[] {
  const named = routes
    .filter(({ name }) => !name.endsWith('*'))
    .map(({ name, targets }) => {
      const allowedBy = [name, ...targets.flatMap(({ id, model }) => [id, model])];
      return { id: name, ownedBy: GATEWAY, names: [name], allowedBy };
    });
  const others = Object.entries(aliases).map(([name, meant]) => {
    const allowedBy = [name, ...(named.find(({ id }) => id === meant)?.allowedBy ?? [meant])];
    return { id: name, ownedBy: GATEWAY, names: [name], allowedBy };
  });
  return [...named, ...others];
}

/** `GET /v1/models`, https://platform.openai.com/docs/api-reference/models/list */
export function toOpenAIModel({ id, ownedBy }: OfferedModel): object {
  return { id, object: 'model', created: 0, owned_by: ownedBy };
}

/** https://docs.anthropic.com/en/api/models-list ; an unknown release date is the epoch there as well. */
export function toAnthropicModel({ id }: OfferedModel): object {
  return { type: 'model', id, display_name: id, created_at: '1970-01-01T00:00:00Z' };
}

export function toOpenAIList(models: readonly OfferedModel[]): object {
  return { object: 'list', data: models.map(toOpenAIModel) };
}

export function toAnthropicList(models: readonly OfferedModel[]): object {
  const ids = models.map(({ id }) => id);
  return {
    data: models.map(toAnthropicModel),
    has_more: false,
    first_id: ids.at(0) ?? null,
    last_id: ids.at(-1) ?? null,
  };
}
