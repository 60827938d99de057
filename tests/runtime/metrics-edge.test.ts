import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CHAT, CHAT_REPLY, chatEvents, KEY, SECRETS, USAGE_EVENT } from '../support/black-box.ts';
import { type FaultUpstream, json, sse, startFaultUpstream } from '../support/fault-upstream.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';
import { send } from '../support/http-client.ts';
import { type OtlpMetricsReceiver, startOtlpMetrics } from '../support/otlp-metrics.ts';
import { until, within } from '../support/wait.ts';

/** A push waits three seconds for company. */
const DEADLINE = { deadlineMs: 30_000, everyMs: 50 };
const EVENTS = [...chatEvents(['One', ' two', ' three']).slice(0, -1), USAGE_EVENT, 'data: [DONE]'];

describe('the metrics of a Worker', { timeout: 60_000 }, () => {
  let receiver: OtlpMetricsReceiver;
  let upstream: FaultUpstream;
  let gateway: RunningGateway;

  beforeAll(async () => {
    [receiver, upstream] = await Promise.all([startOtlpMetrics(), startFaultUpstream(json(200, CHAT_REPLY))]);
    gateway = await startGateway({
      runtime: 'workerd',
      env: {
        OPENAI_API_KEY: SECRETS.openai,
        OPENAI_BASE_URL: `${upstream.url}/v1`,
        GATEWAY_API_KEYS: `shop:${KEY}`,
        OTLP_ENDPOINT: receiver.url,
      },
    });
  });
  afterAll(() => Promise.all([gateway?.close(), upstream?.close(), receiver?.close()]));
  beforeEach(() => {
    receiver.behave('accept');
    upstream.script(json(200, CHAT_REPLY));
  });

  const ask = async (body: object = CHAT) => {
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' };
    const answer = await send(`${gateway.url}/v1/chat/completions`, { headers, body: JSON.stringify(body) });
    return answer.text();
  };

  it('arrive after the answers, whole ones and streams, in few pushes', async () => {
    for (let i = 0; i < 5; i += 1) await ask();
    upstream.script(sse(EVENTS, { delayMs: 5 }));
    for (let i = 0; i < 3; i += 1) await ask({ ...CHAT, stream: true });
    await until('all are counted', () => receiver.total('llm_edge_requests_total') === 8, DEADLINE);
    expect(receiver.total('llm_edge_requests_total', { stream: 'true', model: 'gpt-4o-mini' })).toBe(3);
    expect(receiver.total('llm_edge_upstream_attempts_total', { outcome: 'ok' })).toBe(8);
    expect(receiver.total('llm_edge_tokens_total', { type: 'input' })).toBe(5 * 1000 + 3 * 10);
    expect(receiver.total('llm_edge_time_to_first_token_seconds')).toBe(3);
    expect(receiver.pushes.length).toBeLessThanOrEqual(4);
    const [push] = receiver.pushes;
    expect(push?.resource).toMatchObject({ 'service.name': 'llm-edge-agent' });
    expect(push?.metrics.map(({ name }) => name)).toContain('llm_edge_build_info');
    expect(JSON.stringify(receiver.pushes)).not.toMatch(/sk-/);
  });

  it('keep no answer waiting while their receiver hangs, and come when it answers again', async () => {
    const before = receiver.total('llm_edge_requests_total');
    const asked = receiver.requests();
    receiver.behave('hang');
    await within('an answer', ask(), 4_000);
    await until('a push was tried', () => receiver.requests() > asked, DEADLINE);
    await within('an answer during the push', ask(), 4_000);
    receiver.behave('accept');
    await until(
      'both are counted',
      async () => {
        // Each request sees to what those before it left behind.
        await send(`${gateway.url}/v1/models`);
        return receiver.total('llm_edge_requests_total', { endpoint: 'chat' }) === before + 2;
      },
      { deadlineMs: 40_000, everyMs: 1_000 },
    );
  });
});
