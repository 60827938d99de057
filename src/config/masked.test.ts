// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the syntax under test
import { expect, it } from 'vitest';
import { formatFaults, loadConfig } from './load.ts';
import { maskedConfig } from './masked.ts';

const SECRETS = {
  OPENAI_API_KEY: 'sk-openai-0001',
  GATEWAY_API_KEYS: 'team:lek-gateway-0002',
  ADMIN_API_KEY: 'admin-0003-of-the-tests',
  ENCRYPTION_KEY: 'encryption-0004',
  REDIS_URL: 'redis://user:redis-0005@redis:6379',
  REDIS_PASSWORD: 'redis-0006',
  UPSTASH_REDIS_REST_URL: 'https://upstash.example',
  UPSTASH_REDIS_REST_TOKEN: 'upstash-0007',
};
const FILE = `
  providers:
    local: {base_url: http://gpu:8000/v1, api_keys: [local-0008, local-0009], headers: {x-team: header-0010}}
  keys: [{name: hashed, key: "sha256:${'ab'.repeat(32)}"}]
  routes:
    smart: [{target: local/qwen3, overrides: {user: local-0008, api_key: over-0011}}]
`;

function shown() {
  const loaded = loadConfig({ env: SECRETS, listen: 'host', file: { text: FILE, name: 'gateway.yaml' } });
  if (!loaded.ok) throw new Error(formatFaults(loaded.faults));
  return maskedConfig(loaded.config);
}

it('shows no secret, wherever it stands', () => {
  const text = JSON.stringify(shown());
  expect(text.match(/-00\d\d/g)).toBeNull();
  expect(text).not.toContain('abab');
});

it('shows all else, and what is not set', () => {
  expect(shown()).toMatchObject({
    server: { port: 8080 },
    admin: { apiKey: '***' },
    providers: [
      { id: 'openai', apiKey: '***', apiKeys: ['***'], baseUrl: 'https://api.openai.com/v1' },
      { id: 'local', apiKeys: ['***', '***'], defaultHeaders: { 'x-team': '***' } },
    ],
    auth: {
      keys: [
        { name: 'hashed', hash: '***', plain: null },
        { name: 'team', plain: '***', hash: null },
      ],
    },
    redis: { url: 'redis://***@redis:6379', ledgerUrl: null },
    routes: { routes: [{ name: 'smart', targets: [{ id: 'local/qwen3', overrides: { user: '***' } }] }] },
  });
});
