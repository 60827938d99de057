import * as z from 'zod';
import { limitedModel, tenantName } from './limit-section.ts';
import { aliasName, modelName, routeEntry, routeName } from './route-section.ts';
import { SECTIONS } from './sections.ts';
import { described } from './setting.ts';
import { priceName, providerName, STRUCTURES } from './structures.ts';

const { server, timeouts, auth, limits, translation, media } = SECTIONS;
const { redaction, cache, semantic, redis, telemetry, pricing } = SECTIONS;

/** The whole configuration, as a file holds it. Settings in the environment are put into their places before. */
export const fileSchema = z.strictObject({
  server: server.prefault({}),
  timeouts: timeouts.prefault({}),
  auth: auth.prefault({}),
  limits: limits.prefault({}),
  translation: translation.prefault({}),
  media: media.prefault({}),
  redaction: redaction.prefault({}),
  cache: cache.prefault({}),
  semantic: semantic.prefault({}),
  redis: redis.prefault({}),
  telemetry: telemetry.prefault({}),
  pricing: pricing.prefault({}),
  providers: described(z.record(providerName, STRUCTURES.providers).prefault({}), 'Providers by name.'),
  keys: described(z.array(STRUCTURES.keys).prefault([]), 'Gateway keys, beside those of `GATEWAY_API_KEYS`.'),
  prices: described(
    z.record(priceName, STRUCTURES.prices).prefault({}),
    'Prices that differ from the public ones, by `provider/model`.',
  ),
  routes: described(
    z.record(routeName, routeEntry).prefault({}),
    'Routes by the name that clients use as the model; `*` may end a name.',
  ),
  aliases: described(
    z.record(aliasName, modelName()).prefault({}),
    'Other names of routes and models: name, then what it stands for.',
  ),
  tenants: described(
    z.record(tenantName, STRUCTURES.tenants).prefault({}),
    'Limits and budgets of tenants, by name.',
  ),
  model_limits: described(
    z.record(limitedModel, STRUCTURES.model_limits).prefault({}),
    'Limits of models and routes, by the name that clients use or `provider/model`.',
  ),
  default_route: described(
    modelName().nullable().prefault(null),
    'The route for models that neither a route nor a provider knows.',
  ),
});

export type Settings = z.output<typeof fileSchema>;
