import * as z from 'zod';
import { limits } from './limit-section.ts';
import { pricing } from './pricing-section.ts';
import { redaction } from './redaction-section.ts';
import { semantic } from './semantic-section.ts';
import { type SettingMeta, setting, settingMeta } from './setting.ts';
import { cache, redis } from './store-sections.ts';
import { telemetry } from './telemetry-section.ts';
import * as v from './values.ts';

const MIB = 1024 ** 2;

const server = z.strictObject({
  host: setting(
    v
      .matching(
        /^[A-Za-z0-9.:_[\]-]{1,255}$/,
        'must be a host name or an address, such as 127.0.0.1 or 0.0.0.0',
      )
      .default('127.0.0.1'),
    {
      env: 'HOST',
      type: 'host',
      what: 'Address to listen on (Node). `0.0.0.0` is every address of the machine.',
    },
  ),
  port: setting(v.integer(0, 65535).default(8080), {
    env: 'PORT',
    type: 'integer',
    what: 'Port of the API (Node). `0` takes a free one.',
  }),
  metrics_port: setting(v.integer(0, 65535).default(9090), {
    env: 'METRICS_PORT',
    type: 'integer',
    what: 'Port of `GET /metrics` (Node). `0` takes a free one.',
  }),
  workers: setting(v.workers().nullable().default(null), {
    env: 'WORKERS',
    type: 'integer or `auto`',
    what: 'Processes to run (Node).',
    unset: '`auto`: the cores the container may use',
  }),
  log_level: setting(v.choice(['debug', 'info', 'warn', 'error']).default('info'), {
    env: 'LOG_LEVEL',
    type: '`debug`, `info`, `warn`, `error`',
    what: 'The least important line that is still logged.',
  }),
  max_request_size: setting(v.size().default(10 * MIB), {
    env: 'MAX_REQUEST_SIZE',
    type: 'size',
    what: 'Largest request body; a larger one is answered with 413.',
  }),
  max_response_size: setting(v.size().default(64 * MIB), {
    env: 'MAX_RESPONSE_SIZE',
    type: 'size',
    what: 'Largest answer of a provider that is held in memory. Streams are passed on and not limited by it.',
  }),
  cors_origins: setting(v.origins().default([]), {
    env: 'CORS_ORIGINS',
    type: 'list of origins, or `*`',
    what: 'Web pages that may call the gateway from a browser.',
    unset: 'none',
  }),
  drain_timeout_ms: setting(v.millis().default(30_000), {
    env: 'DRAIN_TIMEOUT_MS',
    type: 'milliseconds',
    what: 'How long running calls may go on after the order to stop (Node).',
  }),
  probe_seconds: setting(v.integer(1, 3_600).nullable().default(null), {
    env: 'PROBE_SECONDS',
    type: 'seconds',
    what: 'How often targets of routes whose circuit is open are asked for their list of models, to find out that they are well again (Node).',
    unset: 'a call finds it out',
  }),
  enable_metrics: setting(v.flag().default(true), {
    env: 'ENABLE_METRICS',
    type: 'boolean',
    what: 'Collect metrics and serve them on `METRICS_PORT`.',
  }),
  enable_sandbox: setting(v.flag().nullable().default(null), {
    env: 'ENABLE_SANDBOX',
    type: 'boolean',
    what: 'The built-in provider `sandbox`, which answers without a network, a key or costs.',
    unset: 'on while no provider is configured and no file is given',
  }),
});

const timeouts = z.strictObject({
  connect_timeout_ms: setting(v.millis().default(10_000), {
    env: 'CONNECT_TIMEOUT_MS',
    type: 'milliseconds',
    what: 'Longest wait for a connection to a provider (Node).',
  }),
  first_byte_timeout_ms: setting(v.millis().default(120_000), {
    env: 'FIRST_BYTE_TIMEOUT_MS',
    type: 'milliseconds',
    what: 'Longest wait for the first byte of a streamed answer.',
  }),
  idle_timeout_ms: setting(v.millis().default(120_000), {
    env: 'IDLE_TIMEOUT_MS',
    type: 'milliseconds',
    what: 'Longest silence within a streamed answer.',
  }),
  request_timeout_ms: setting(v.millis().default(600_000), {
    env: 'REQUEST_TIMEOUT_MS',
    type: 'milliseconds',
    what: 'Longest time for a whole call. A client may ask for less with `x-llm-edge-timeout-ms`.',
  }),
});

const auth = z.strictObject({
  auth_mode: setting(v.choice(['keys', 'passthrough', 'open']).nullable().default(null), {
    env: 'AUTH_MODE',
    type: '`keys`, `passthrough`, `open`',
    what: 'Who may call: holders of a gateway key, holders of a provider key of their own (it is passed on), or anyone.',
    unset:
      '`keys` when there are gateway keys, or an `ADMIN_API_KEY` with which they can be made; else `open`',
  }),
  allow_anonymous: setting(v.flag().default(false), {
    env: 'ALLOW_ANONYMOUS',
    type: 'boolean',
    what: 'Allow `open` on an address that others can reach.',
  }),
  admin_api_key: setting(v.secret().nullable().default(null), {
    env: 'ADMIN_API_KEY',
    type: 'secret',
    what: 'Key of the `/admin` routes.',
    unset: 'no admin routes',
  }),
  encryption_key: setting(v.secret().nullable().default(null), {
    env: 'ENCRYPTION_KEY',
    type: 'secret',
    what: 'Seals provider credentials that are set through `/admin/credentials`: at least 32 characters, best from `openssl rand -base64 32`. To change it, put the new one in front of the old: `2027:NEW,2026:OLD` (names are optional). The first seals, all of them open.',
    unset: 'no credentials can be set at run time',
  }),
  keys_grace_seconds: setting(v.integer(0, 86_400).default(300), {
    env: 'KEYS_GRACE_SECONDS',
    type: 'seconds',
    what: 'How long a key made through `/admin/keys` still counts after it was last confirmed, while the store of the keys does not answer. Keys that this process has not seen are refused with 503.',
  }),
});

const media = z.strictObject({
  fetch_media_urls: setting(v.flag().default(false), {
    env: 'FETCH_MEDIA_URLS',
    type: 'boolean',
    what: 'Fetch images and documents that a client gives by URL, where the provider takes none by URL. Only public addresses are connected to (on Workers: as far as the platform sees to it), redirects are not followed.',
  }),
  fetch_media_max_bytes: setting(v.size().default(20 * MIB), {
    env: 'FETCH_MEDIA_MAX_BYTES',
    type: 'size',
    what: 'Most that is fetched for one call, all files together.',
  }),
  fetch_media_timeout_ms: setting(v.millis().default(10_000), {
    env: 'FETCH_MEDIA_TIMEOUT_MS',
    type: 'milliseconds',
    what: 'Longest time for one file.',
  }),
});

const translation = z.strictObject({
  drop_unsupported: setting(v.flag().default(false), {
    env: 'DROP_UNSUPPORTED',
    type: 'boolean',
    what: 'Leave out what a target cannot express, named in `x-llm-edge-dropped`, instead of refusing the call.',
  }),
});

/** The sections whose fields are settings, each with an environment variable. */
export const SECTIONS = {
  server,
  timeouts,
  auth,
  limits,
  translation,
  media,
  redaction,
  cache,
  semantic,
  redis,
  telemetry,
  pricing,
} as const;

export interface Setting {
  readonly section: keyof typeof SECTIONS;
  readonly field: string;
  readonly schema: z.ZodType;
  readonly meta: SettingMeta;
}

/** Every setting that has an environment variable, in the order of the documentation. */
export const SETTINGS: readonly Setting[] = Object.entries(SECTIONS).flatMap(([section, object]) =>
  Object.entries<z.ZodType>(object.shape).flatMap(([field, schema]) => {
    const meta = settingMeta.get(schema);
    return meta === undefined ? [] : [{ section: section as keyof typeof SECTIONS, field, schema, meta }];
  }),
);
