import { createMemoryBackground } from '../../adapters/memory/background.ts';
import { createMemoryCacheStore } from '../../adapters/memory/cache-store.ts';
import { createFakeClock, createSystemClock } from '../../adapters/memory/clock.ts';
import { createConsoleLogger } from '../../adapters/memory/console-logger.ts';
import { createWebCryptoSha256 } from '../../adapters/memory/hash.ts';
import { createMemoryHealthStore } from '../../adapters/memory/health-store.ts';
import { createCountingIds, createRandomIds } from '../../adapters/memory/ids.ts';
import { createMemoryKeyStore } from '../../adapters/memory/key-store.ts';
import { createMemoryLedger } from '../../adapters/memory/ledger.ts';
import { createMemoryLimitStore } from '../../adapters/memory/limit-store.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import { createMemoryMetrics, type MemoryMetrics } from '../../adapters/memory/metrics.ts';
import { createMemoryOwnerStore } from '../../adapters/memory/owner-store.ts';
import { createMemorySecrets } from '../../adapters/memory/secrets.ts';
import { createMemoryTelemetry } from '../../adapters/memory/telemetry.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Instrument, Labels } from '../../src/ports/metrics.ts';
import { backgroundContract } from '../contract/background.ts';
import { cacheStoreContract } from '../contract/cache-store.ts';
import { claimsContract } from '../contract/claims.ts';
import { clockContract } from '../contract/clock.ts';
import { sha256Contract } from '../contract/hash.ts';
import { healthStoreContract } from '../contract/health-store.ts';
import { idsContract } from '../contract/ids.ts';
import { keyStoreContract } from '../contract/key-store.ts';
import { ledgerContract } from '../contract/ledger.ts';
import { limitStoreContract } from '../contract/limit-store.ts';
import { loggerContract } from '../contract/logger.ts';
import { metricsContract } from '../contract/metrics.ts';
import { ownerStoreContract } from '../contract/owner-store.ts';
import { secretsContract } from '../contract/secrets.ts';
import { telemetryContract } from '../contract/telemetry.ts';

/** A driver on a clock that the suite moves. */
function onFakeClock<S>(create: (clock: Clock) => S) {
  const clock = createFakeClock();
  return { store: create(clock), clock, advance: clock.advance };
}

const systemClock = createSystemClock();
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

clockContract('fake', async () => {
  const clock = createFakeClock();
  return { clock, advance: clock.advance };
});
clockContract('system', async () => ({ clock: systemClock, advance: wait }), {
  exactTime: 'it is the time of the machine',
});
idsContract('random', async () => ({ ids: createRandomIds() }));
idsContract('counting', async () => ({ ids: createCountingIds() }));
sha256Contract('WebCrypto', async () => ({ sha256: createWebCryptoSha256() }));

cacheStoreContract('memory', async () => onFakeClock((clock) => createMemoryCacheStore({ clock })));
ownerStoreContract('memory', async () => onFakeClock((clock) => createMemoryOwnerStore({ clock })));
healthStoreContract('memory', async () => onFakeClock((clock) => createMemoryHealthStore({ clock })));
claimsContract('memory', async () => onFakeClock((clock) => createMemoryLimitStore({ clock })));
limitStoreContract('memory', async () => onFakeClock((clock) => createMemoryLimitStore({ clock })));
keyStoreContract('memory', async () => ({ store: createMemoryKeyStore() }));
secretsContract('memory', async () => ({ store: createMemorySecrets() }));
ledgerContract('memory', async () => {
  const ledger = createMemoryLedger();
  return { ledger, limits: createMemoryLimitStore({ clock: createFakeClock(), ledger }) };
});

backgroundContract('memory', async () => {
  const logger = createMemoryLogger();
  const background = createMemoryBackground({ logger });
  return { background, idle: background.idle, failures: () => logger.lines.length };
});
loggerContract('memory', async () => {
  const logger = createMemoryLogger();
  return { logger, lines: () => logger.lines };
});
loggerContract('console', async () => {
  const written: string[] = [];
  const write = (line: string) => void written.push(line);
  const logger = createConsoleLogger({ clock: createFakeClock(), write, level: 'debug' });
  return { logger, lines: () => written.map(readLine) };
});
metricsContract('memory', async () => {
  const metrics = createMemoryMetrics();
  return {
    metrics,
    read: async (instrument, labels) => findSeries(metrics, instrument, labels)?.value ?? null,
    readUpTo: async (instrument, labels, bound) => {
      const { counts = [] } = findSeries(metrics, instrument, labels) ?? {};
      const bounds = [...(instrument.buckets ?? []), Number.POSITIVE_INFINITY];
      return counts.reduce((sum, count, i) => sum + ((bounds[i] ?? 0) <= bound ? count : 0), 0);
    },
    seriesCount: async (instrument) => seriesOf(metrics, instrument).length,
  };
});
telemetryContract('memory', async () => {
  const telemetry = createMemoryTelemetry();
  return { telemetry, spans: async () => telemetry.spans };
});

function readLine(line: string) {
  if (line.includes('\n')) throw new Error('one call wrote two lines');
  const { time: _, level, message, ...fields } = JSON.parse(line);
  return { level, message, fields };
}

function seriesOf(metrics: MemoryMetrics, { name }: Instrument) {
  return metrics.snapshot().find(({ instrument }) => instrument.name === name)?.series ?? [];
}

function findSeries(metrics: MemoryMetrics, instrument: Instrument, labels: Labels) {
  const isSame = (own: Labels) =>
    own.length === labels.length && own.every((label, i) => label === labels[i]);
  return seriesOf(metrics, instrument).find((series) => isSame(series.labels));
}
