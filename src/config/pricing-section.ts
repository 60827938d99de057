import * as z from 'zod';
import type { PriceRefreshConfig } from './config.ts';
import { setting } from './setting.ts';
import * as v from './values.ts';

/** Where newer prices come from. */
export const pricing = z.strictObject({
  prices_refresh_url: setting(v.httpUrl().nullable().default(null), {
    env: 'PRICES_REFRESH_URL',
    type: 'URL',
    what: 'Newer public prices than those of the release, as `data.json` of genai-prices has them: docs/keys.md.',
    unset: 'those of the release',
  }),
  prices_refresh_seconds: setting(v.integer(60, 30 * 86_400).default(86_400), {
    env: 'PRICES_REFRESH_SECONDS',
    type: 'seconds',
    what: 'How often they are fetched.',
  }),
});

export function toPriceRefresh(settings: z.output<typeof pricing>): PriceRefreshConfig {
  return { url: settings.prices_refresh_url, everyMs: settings.prices_refresh_seconds * 1_000 };
}
