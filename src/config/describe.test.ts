// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the syntax under test
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { describeSettings, describeStructures, jsonSchema, withGeneratedParts } from './describe.ts';
import { loadConfig } from './load.ts';

const document = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');

/** Names that are promised to operators. */
const PROMISED =
  'LLM_EDGE_CONFIG HOST PORT METRICS_PORT WORKERS LOG_LEVEL GATEWAY_API_KEYS ADMIN_API_KEY ENCRYPTION_KEY AUTH_MODE ALLOW_ANONYMOUS ENABLE_L2_CACHE REDIS_URL REDIS_CLUSTER_NODES REDIS_PASSWORD UPSTASH_REDIS_REST_URL UPSTASH_REDIS_REST_TOKEN L1_CACHE_SIZE L1_CACHE_BYTES L1_TTL_SECONDS L2_TTL_SECONDS CACHE_MODE ENABLE_TRACING OTLP_ENDPOINT ENABLE_METRICS MAX_REQUEST_SIZE REQUEST_TIMEOUT_MS FIRST_BYTE_TIMEOUT_MS IDLE_TIMEOUT_MS DRAIN_TIMEOUT_MS RATE_LIMIT_RPM CORS_ORIGINS ENABLE_SANDBOX'.split(
    ' ',
  );

describe('the reference', () => {
  it('is what the schema says (run node scripts/config-docs.ts if it is not)', () => {
    expect(withGeneratedParts(document)).toBe(document);
  });

  it('has every promised variable, and each setting once', () => {
    const rows = describeSettings();
    expect(rows.map(({ env }) => env)).toEqual(expect.arrayContaining(PROMISED));
    expect(new Set(rows.map(({ env }) => env)).size).toBe(rows.length);
  });

  it('names settings in the file as it names variables', () => {
    for (const { env, file } of describeSettings()) {
      if (env !== 'LLM_EDGE_CONFIG' && env !== 'GATEWAY_API_KEYS')
        expect(file?.split('.')[1]).toBe(env?.toLowerCase());
    }
  });

  it('shows defaults that the settings would take', () => {
    for (const { env, default: shown } of describeSettings()) {
      const value = /^`([^`]+)`$/.exec(shown)?.[1];
      if (env === null || value === undefined) continue;
      const [set, unset] = [{ [env]: value }, {}].map((variables) =>
        loadConfig({ env: variables, listen: 'host' }),
      );
      expect(set?.ok === true && unset?.ok === true && set.config, env).toEqual(
        unset?.ok === true && unset.config,
      );
    }
  });

  it('explains every field', () => {
    for (const row of [...describeSettings(), ...describeStructures()])
      expect(row.what, row.file ?? '').not.toBe('');
  });

  it('has an example that works', () => {
    const text = /```yaml\n([\s\S]*?)```/.exec(document)?.[1] ?? '';
    const env = { OPENAI_API_KEY: 'sk-1', SEARCH_TEAM_KEY: 'lek-0123456789abcdef' };
    expect(loadConfig({ env, listen: 'host', file: { text, name: 'example' } })).toMatchObject({
      ok: true,
      warnings: [],
    });
    expect(new Ajv2020({ allowUnionTypes: true }).compile(jsonSchema())(parse(text))).toBe(true);
  });
});

describe('the JSON Schema for editors', () => {
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(jsonSchema());
  it.each([
    [{ server: { port: 1, log_level: 'debug' } }, true],
    [{ server: { port: '1', log_level: '${LEVEL}' } }, true],
    [{ server: { log_level: 'loud' } }, false],
    [{ server: { prot: 1 } }, false],
    [{ keys: [{ name: 'a' }] }, false],
    [{ providers: { x: { kind: 'nobody' } } }, false],
    [{ routes: { a: 'openai/x', b: ['openai/x', { target: 'openai/y', weight: 2 }] } }, true],
    [{ routes: { a: { strategy: 'cost', targets: ['openai/x'] } }, aliases: { c: 'a' } }, true],
    [{ routes: { a: { strategy: 'cost' } } }, false],
    [{ routes: { a: { targets: ['openai/x'], strategy: 'best' } } }, false],
  ])('%j', (file, valid) => {
    expect(validate(file)).toBe(valid);
  });

  it('tells the defaults', () => {
    expect(jsonSchema()).toMatchObject({
      properties: { server: { properties: { port: { default: 8080 } } } },
    });
  });
});
