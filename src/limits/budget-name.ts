import type { NanoUsd } from '../domain/usage.ts';
import type { Meant } from './plan-claims.ts';

/** Nano-dollars as people write dollars. */
export type Money = (nano: NanoUsd) => string;

/** `budget of 25 USD a month of the tag team=search`. */
export function nameOfBudget({ scope, name, limit, period }: Meant, money: Money): string {
  const of = scope === 'key' ? 'this key' : scope === 'tag' ? `the tag ${name}` : `the ${scope}`;
  const per = period === 'total' || period === null ? '' : ` a ${period}`;
  return `budget of ${money(limit)} USD${per} of ${of}`;
}
