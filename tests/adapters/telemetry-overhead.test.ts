import { expect, it } from 'vitest';
import { measureTelemetry } from '../../bench/telemetry.ts';

it('metrics and the log line of a request take less than 15 µs', { timeout: 60_000 }, () => {
  const micros = measureTelemetry();
  console.log(`metrics and log: ${micros.toFixed(1)} µs for each request`);
  expect(micros).toBeLessThan(15);
});
