import { formatUsd } from '../account/price.ts';
import type { Prepared } from '../dispatch.ts';
import type { Answer } from '../domain/answer.ts';
import type { Target } from '../domain/provider.ts';

/** What all who share an answer get alike, before any of its bytes. */
export interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Who answers. */
  readonly target: Target;
}

/** Of the answer that the call's own life has. */
export function headOf({ status, headers }: Answer, { life, plan }: Prepared): Head {
  return { status, headers, target: life.record.target ?? plan.targets[0] };
}

/** Headers that one client's answer has and another's has not. */
const OWN = ['x-request-id', 'request-id', 'x-llm-edge-attempts', 'x-llm-edge-cost-usd'] as const;

/** The headers of an answer that another call paid for. */
export function sharedHeaders(head: Head, { life, headers }: Prepared): Record<string, string> {
  const shared: Record<string, string> = { ...head.headers };
  for (const name of OWN) delete shared[name];
  return { ...shared, ...headers, ...life.headers(), 'x-llm-edge-cost-usd': formatUsd(0) };
}
