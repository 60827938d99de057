import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../../adapters/memory/clock.ts';
import { createPatientEmbed, type Embed } from './embed.ts';

const VECTOR = new Float32Array([1]);
const good: Embed = async () => VECTOR;
const bad: Embed = async () => {
  throw new Error('down');
};

function patient() {
  const clock = createFakeClock();
  return { clock, embed: createPatientEmbed({ clock, timeoutMs: 150 }) };
}

describe('a vector that is not waited for', () => {
  it('is given when it comes in time', async () => {
    expect(await patient().embed(good, 'text')).toBe(VECTOR);
  });

  it('is none when it fails', async () => {
    expect(await patient().embed(bad, 'text')).toBeNull();
  });

  it('is none after the time, and the call for it is given up', async () => {
    const { clock, embed } = patient();
    let given: AbortSignal | null = null;
    const hang: Embed = (_, signal) => {
      given = signal;
      return new Promise(() => {});
    };
    const vector = embed(hang, 'text');
    await clock.advance(200);
    expect(await vector).toBeNull();
    expect(given).toMatchObject({ aborted: true });
  });

  it('is not even asked for while the model is down, and is again when it is back', async () => {
    const { clock, embed } = patient();
    let calls = 0;
    const counted =
      (as: Embed): Embed =>
      (text, signal) => {
        calls += 1;
        return as(text, signal);
      };
    for (let i = 0; i < 20; i++) expect(await embed(counted(bad), 'text')).toBeNull();
    expect(calls).toBe(5);
    await clock.advance(5_000);
    expect(await embed(counted(good), 'text')).toBe(VECTOR);
    expect(await embed(counted(good), 'text')).toBe(VECTOR);
    expect(calls).toBe(7);
  });
});
