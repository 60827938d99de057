import type { Usage } from '../domain/usage.ts';
import { sumOfParts } from './parts.ts';

/** Two usages as one; it is estimated if either is. */
export function sumOfUsage(a: Usage, b: Usage): Usage {
  const parts = sumOfParts(a.parts, b.parts);
  return {
    input: a.input + b.input,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite: a.cacheWrite + b.cacheWrite,
    cacheWrite1h: a.cacheWrite1h + b.cacheWrite1h,
    output: a.output + b.output,
    reasoning: a.reasoning + b.reasoning,
    estimated: a.estimated || b.estimated,
    ...(parts === undefined ? {} : { parts }),
  };
}
