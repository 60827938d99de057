import * as z from 'zod';
import { grantFields } from '../config/grant.ts';
import { toBudgets } from '../config/limit-section.ts';
import * as v from '../config/values.ts';
import type { Grant } from '../domain/grant.ts';

/** What the API takes: the words of the configuration file. */
export const creation = z.strictObject({
  name: v.name(),
  tenant: v.name().optional(),
  expires_at: v.instant().optional(),
  ...grantFields,
});

const DAY_SECONDS = 86_400;

export const rotation = z.strictObject({
  /** How long the old key counts beside the new one. */
  grace_seconds: v.integer(0, 30 * DAY_SECONDS).default(DAY_SECONDS),
});

export const page = z.strictObject({
  tenant: v.name().optional(),
  after: v.matching(/^[A-Za-z0-9_-]{1,64}$/, 'must be the "next" of a page').optional(),
  limit: v.integer(1, 100).default(50),
});

/** What may be changed of a key. Absent: it stays; null: as if it had never been set. */
export const change = z.strictObject({
  name: v.name().optional(),
  expires_at: v.instant().nullish(),
  tags: grantFields.tags.nullable(),
  models: grantFields.models.nullable(),
  routes: grantFields.routes.nullable(),
  providers: grantFields.providers.nullable(),
  rpm: grantFields.rpm.nullable(),
  tpm: grantFields.tpm.nullable(),
  concurrency: grantFields.concurrency.nullable(),
  budgets: grantFields.budgets.nullable(),
  cache_mode: grantFields.cache_mode.nullable(),
});

/** A grant with what was asked to be changed of it. */
export function changedGrant(grant: Grant, asked: z.output<typeof change>): Grant {
  const { rpm, tpm, concurrency } = grant.limits;
  return {
    tags: changed(grant.tags, asked.tags, []),
    models: changed(grant.models, asked.models, null),
    routes: changed(grant.routes, asked.routes, null),
    providers: changed(grant.providers, asked.providers, null),
    limits: {
      rpm: changed(rpm, asked.rpm, null),
      tpm: changed(tpm, asked.tpm, null),
      concurrency: changed(concurrency, asked.concurrency, null),
    },
    budgets: changed(grant.budgets, asked.budgets && toBudgets(asked.budgets), []),
    cache: changed(grant.cache, asked.cache_mode && { mode: asked.cache_mode }, null),
  };
}

/** Undefined: it stays; null: there is none any more. */
export function changed<T>(now: T, asked: T | null | undefined, none: T): T {
  return asked === undefined ? now : (asked ?? none);
}
