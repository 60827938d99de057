import type { UsualOutput } from './expected.ts';

/** What models wrote lately. */
export interface OutputMemory {
  readonly usual: UsualOutput;
  note(model: string, outputTokens: number): void;
}

/** Of a model that was not seen yet: a long answer, not the longest. */
const UNKNOWN = 4_096;
/** With each answer, what is kept of a longer one before. */
const DECAY = 0.99;
/** Clients choose the names, so what is remembered of them is bounded. */
const MAX_MODELS = 2_000;

/** The longest answer of a model, slowly forgotten: what is reserved for a call has to be enough nearly always. */
export function createOutputMemory(): OutputMemory {
  const longest = new Map<string, number>();
  return {
    usual: (model) => Math.ceil(longest.get(model) ?? UNKNOWN),
    note(model, outputTokens) {
      const before = longest.get(model) ?? UNKNOWN;
      if (longest.size >= MAX_MODELS && !longest.has(model)) longest.clear();
      longest.set(model, Math.max(outputTokens, before * DECAY));
    },
  };
}
