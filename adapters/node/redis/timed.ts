import { METRICS } from '../../../src/account/instruments.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { Metrics } from '../../../src/ports/metrics.ts';
import type { RedisClient } from './client.ts';

/**
 * The same client, with the time of each command in the metrics. A command that nobody answers counts when its connection
 * is given up, which is long after its caller has gone on.
 */
export function timeCommands(client: RedisClient, clock: Clock, metrics: Metrics): RedisClient {
  return {
    ...client,
    send(command) {
      const sentAt = clock.monotonic();
      const note = () => {
        const seconds = (clock.monotonic() - sentAt) / 1000;
        metrics.observe(METRICS.redisDuration, seconds, [command.name.toLowerCase()]);
      };
      const reply = client.send(command);
      reply.then(note, note);
      return reply;
    },
  };
}
