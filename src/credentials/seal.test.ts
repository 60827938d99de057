import { describe, expect, it } from 'vitest';
import { createSealer, type SealFault } from './seal.ts';

const key = (letter: string, label: string | null = null) => ({ label, secret: letter.repeat(43) });
const SECRET = 'sk-very-secret \u{1f511}';
const kindOf = (work: Promise<unknown>) =>
  work.then(
    () => 'opened',
    (fault: SealFault) => fault.kind,
  );

describe('a sealed credential', () => {
  it('opens under its name, with its time', async () => {
    const sealer = createSealer([key('a')]);
    const envelope = await sealer.seal('openai', SECRET, 1.7e12);
    expect(await sealer.open('openai', envelope)).toEqual({ text: SECRET, at: 1.7e12 });
    expect(envelope).toMatch(/^v1\.[\w-]{11}\.1700000000000\.[\w-]{16}\.[\w-]+$/);
    expect(envelope).not.toContain('secret');
  });

  it('is another one each time', async () => {
    const sealer = createSealer([key('a')]);
    const all = await Promise.all(Array.from({ length: 100 }, () => sealer.seal('openai', SECRET, 1)));
    expect(new Set(all.map((envelope) => envelope.split('.')[3])).size).toBe(100);
  });

  it('is good for no other name', async () => {
    const sealer = createSealer([key('a')]);
    const envelope = await sealer.seal('openai', SECRET, 1);
    expect(await kindOf(sealer.open('anthropic', envelope))).toBe('broken');
  });

  it('shows every change', async () => {
    const sealer = createSealer([key('a')]);
    const envelope = await sealer.seal('openai', SECRET, 1);
    for (let at = 0; at < envelope.length; at++) {
      const other = envelope[at] === 'A' ? 'B' : 'A';
      const changed = envelope.slice(0, at) + other + envelope.slice(at + 1);
      // The last letter of base64 may carry bits that mean nothing.
      if ((await kindOf(sealer.open('openai', changed))) === 'opened') expect(at).toBe(envelope.length - 1);
    }
    for (const text of ['', 'v1', 'v2.a.1.a.a', `${envelope}.x`, envelope.slice(0, -10), 'sk-plain'])
      expect(await kindOf(sealer.open('openai', text)), text).toBe('broken');
  });

  it('opens with a key that was put behind another one, whatever their labels, and can be sealed anew', async () => {
    const old = createSealer([key('a')]);
    const envelope = await old.seal('openai', SECRET, 7);
    const both = createSealer([key('b', '2027'), key('a', '2026')]);
    expect(await both.open('openai', envelope)).toEqual({ text: SECRET, at: 7 });
    expect([await old.isCurrent(envelope), await both.isCurrent(envelope)]).toEqual([true, false]);
    const again = await both.seal('openai', SECRET, 7);
    expect(await both.isCurrent(again)).toBe(true);
    expect(await kindOf(old.open('openai', again))).toBe('unknown_key');
    expect(await kindOf(createSealer([key('b')]).open('openai', envelope))).toBe('unknown_key');
  });
});
