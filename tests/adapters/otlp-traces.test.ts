import { afterAll, describe, expect, it } from 'vitest';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import { createOtlpTraces } from '../../adapters/otlp-traces.ts';
import { span, telemetryContract } from '../contract/telemetry.ts';
import { startOtlpReceiver } from '../support/otlp-receiver.ts';

async function start() {
  const receiver = await startOtlpReceiver();
  const logger = createMemoryLogger();
  const dropped: number[] = [];
  const traces = createOtlpTraces({
    endpoint: `${receiver.url}/`,
    resource: { 'service.name': 'test' },
    logger,
    onDropped: (spans) => dropped.push(spans),
  });
  return { receiver, logger, dropped, traces };
}

telemetryContract('OTLP over HTTP', async () => {
  const { receiver, traces } = await start();
  return {
    telemetry: traces,
    spans: async () => {
      await traces.flush();
      return receiver.spans;
    },
    close: receiver.close,
  };
});

describe('traces that cannot be sent', async () => {
  const { receiver, logger, dropped, traces } = await start();
  afterAll(receiver.close);

  it('are counted, told of, and forgotten', async () => {
    receiver.answerWith(503);
    traces.record([span(), span()]);
    await traces.flush();
    expect(dropped).toEqual([2]);
    expect(logger.lines).toMatchObject([{ message: 'traces not sent', fields: { spans: 2 } }]);
    receiver.answerWith(200);
    traces.record([span({ name: 'later' })]);
    await traces.flush();
    expect(receiver.spans.map(({ name }) => name)).toEqual(['later']);
  });

  it('wait in bounded number', () => {
    dropped.length = 0;
    for (let i = 0; i < 5_000; i += 1) traces.record([span()]);
    expect(dropped).toHaveLength(5_000 - 4_096);
  });
});
