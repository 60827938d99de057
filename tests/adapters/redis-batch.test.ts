import { Command } from 'ioredis';
import { expect, it } from 'vitest';
import { createBatch } from '../../adapters/node/redis/batch.ts';

it('lets a command that cannot be sent fail alone', async () => {
  const sent: Command[] = [];
  const sendSoon = createBatch(
    (command) => {
      if (command.name === 'bad') throw new Error('cannot be written');
      sent.push(command);
      command.resolve('sent');
    },
    () => [],
  );
  const commands = ['get', 'bad', 'set'].map((name) => new Command(name, ['k']));
  for (const command of commands) sendSoon(command);
  expect(sent).toEqual([]);
  const ends = await Promise.allSettled(commands.map(({ promise }) => promise));
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
});
