import { describe, expect, it } from 'vitest';
import { configSource, readConfigText } from '../../adapters/edge/config-text.ts';
import { createRefresh } from '../../adapters/edge/refresh.ts';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createMemoryLogger } from '../../adapters/memory/logger.ts';
import type { LoadResult } from '../../src/config/load.ts';

const LLM_EDGE_KV = { get: async (key: string) => (key === 'gateway.yaml' ? 'server: {}' : null) };

describe('the text of the configuration', () => {
  it.each([
    ['nothing', {}, null],
    ['an empty value', { LLM_EDGE_CONFIG: ' ', LLM_EDGE_KV }, null],
    ['YAML', { LLM_EDGE_CONFIG: 'server:\n  port: 1', LLM_EDGE_KV }, 'server:\n  port: 1'],
    ['YAML in one line', { LLM_EDGE_CONFIG: 'routes: {a: b}', LLM_EDGE_KV }, 'routes: {a: b}'],
    ['JSON', { LLM_EDGE_CONFIG: '{"server":{}}', LLM_EDGE_KV }, '{"server":{}}'],
    ['a key', { LLM_EDGE_CONFIG: 'gateway.yaml', LLM_EDGE_KV }, 'server: {}'],
    ['a word where there is no KV', { LLM_EDGE_CONFIG: 'gateway.yaml' }, 'gateway.yaml'],
    ['a binding of another kind', { LLM_EDGE_CONFIG: 'gateway.yaml', LLM_EDGE_KV: 'text' }, 'gateway.yaml'],
  ])('may be %s', async (_, env, text) => {
    expect(await readConfigText(configSource(env))).toBe(text);
  });

  it('is not there when KV has no such key', async () => {
    const source = configSource({ LLM_EDGE_CONFIG: 'other.yaml', LLM_EDGE_KV });
    await expect(readConfigText(source)).rejects.toThrow(/has no such key/);
  });
});

describe('a configuration in KV', () => {
  function start(read: () => Promise<string | null>) {
    const clock = createFakeClock();
    const taken: string[] = [];
    const logger = createMemoryLogger();
    const refresh = createRefresh({
      text: 'one',
      read,
      load: (text) => ({ ok: false, faults: [{ path: text, message: '' }] }),
      takeOn: async (loaded: LoadResult) => void taken.push(loaded.ok ? '' : (loaded.faults[0]?.path ?? '')),
      clock,
      logger,
    });
    return { clock, taken, refresh, logger };
  }

  it('is looked for once a minute, and taken on when it is another', async () => {
    let text = 'one';
    let reads = 0;
    const { clock, taken, refresh } = start(async () => {
      reads += 1;
      return text;
    });
    expect(refresh()).toBeNull();
    await clock.advance(60_000);
    await refresh();
    expect(refresh()).toBeNull();
    expect([reads, taken]).toEqual([1, []]);
    text = 'two';
    await clock.advance(59_999);
    expect(refresh()).toBeNull();
    await clock.advance(1);
    await refresh();
    await clock.advance(60_000);
    await refresh();
    expect([reads, taken]).toEqual([3, ['two']]);
  });

  it('stays as it is while KV fails', async () => {
    const { clock, taken, refresh, logger } = start(() => Promise.reject(new Error('KV is down')));
    await clock.advance(60_000);
    await refresh();
    expect(taken).toEqual([]);
    expect(logger.lines).toMatchObject([{ level: 'warn', message: 'configuration not read' }]);
  });
});
