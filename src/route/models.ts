import type { Provider } from '../domain/provider.ts';

/** A model as the gateway offers it. `id` is a name that routes to it. */
export interface OfferedModel {
  readonly id: string;
  readonly provider: Provider;
}

/** Models that are known of a provider, by the name the provider gives them. */
export type ModelNames = (provider: Provider) => Promise<readonly string[]>;

/** Names that end in `-` are prefixes of families, not models. */
function declared(provider: Provider): string[] {
  return provider.models.filter((name) => !name.endsWith('-'));
}

/**
 * Every model of every provider. The bare name is offered by the first provider that has it, further ones by
 * `provider/model`, which is what `resolve` makes of them.
 */
export async function offeredModels(
  providers: readonly Provider[],
  names: ModelNames,
): Promise<OfferedModel[]> {
  const lists = await Promise.all(
    providers.map(async (provider) => [provider, await names(provider)] as const),
  );
  const taken = new Set<string>();
  return lists.flatMap(([provider, known]) =>
    [...new Set([...declared(provider), ...known])].sort().map((model) => {
      const bare = provider.transport === 'network' && !taken.has(model);
      taken.add(model);
      return { id: bare ? model : `${provider.id}/${model}`, provider };
    }),
  );
}

/** `GET /v1/models`, https://platform.openai.com/docs/api-reference/models/list */
export function toOpenAIModel({ id, provider }: OfferedModel): object {
  return { id, object: 'model', created: 0, owned_by: provider.id };
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
