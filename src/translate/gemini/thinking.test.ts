import { describe, expect, it } from 'vitest';
import type { ReasoningSettings } from '../hub/conversation.ts';
import { write } from './testing.ts';

type Row = [said: ReasoningSettings, config: object | undefined, omitted?: boolean];

function table(model: string, rows: Row[]): void {
  it.each(rows)('%j', (reasoning, config, isOmitted = false) => {
    const { body, omitted } = write({ reasoning }, model);
    expect(body.generationConfig).toEqual(config === undefined ? undefined : { thinkingConfig: config });
    expect(omitted).toEqual(isOmitted ? ['reasoning_effort'] : []);
  });
}

describe('case 39: levels since the third generation', () => {
  table('gemini-3.1-pro-preview', [
    [{ effort: 'minimal' }, { thinkingLevel: 'MINIMAL' }],
    [{ effort: 'low' }, { thinkingLevel: 'LOW' }],
    [{ effort: 'medium' }, { thinkingLevel: 'MEDIUM' }],
    [
      { effort: 'high', summary: 'auto' },
      { thinkingLevel: 'HIGH', includeThoughts: true },
    ],
    [{ effort: 'max' }, { thinkingLevel: 'HIGH' }, true],
    [{ effort: 'none' }, { thinkingLevel: 'LOW' }, true],
    [{ enabled: false, effort: 'xhigh' }, { thinkingLevel: 'LOW' }, true],
    [{ budgetTokens: 1024 }, { thinkingLevel: 'LOW', includeThoughts: true }],
    [{ budgetTokens: 5000 }, { thinkingLevel: 'MEDIUM', includeThoughts: true }],
    [{ budgetTokens: 10_000 }, { thinkingLevel: 'HIGH', includeThoughts: true }],
    [
      { adaptive: true, effort: 'low' },
      { thinkingLevel: 'LOW', includeThoughts: true },
    ],
    [{ adaptive: true, summary: 'omitted' }, undefined],
    [{}, undefined],
  ]);
});

describe('case 39: budgets before it', () => {
  table('gemini-2.5-flash', [
    [{ effort: 'minimal' }, { thinkingBudget: 1024 }],
    [{ effort: 'medium' }, { thinkingBudget: 8192 }],
    [{ effort: 'high' }, { thinkingBudget: 24_576 }],
    [{ effort: 'xhigh' }, { thinkingBudget: 24_576 }, true],
    [{ effort: 'none' }, { thinkingBudget: 0 }],
    [{ enabled: false, summary: 'auto' }, { thinkingBudget: 0 }],
    [
      { budgetTokens: 2000, enabled: true },
      { thinkingBudget: 2000, includeThoughts: true },
    ],
    [{ adaptive: true }, { thinkingBudget: -1, includeThoughts: true }],
    [{ summary: 'detailed' }, { includeThoughts: true }],
    [{}, undefined],
  ]);
});
