import type { CallLife } from '../call-life.ts';
import type { Answer } from '../domain/answer.ts';
import { readCall } from '../edge/read-call.ts';
import { endpointOf } from '../explain.ts';
import type { Stages } from '../stages.ts';

/** What would be done with a call, without doing it. @throws GatewayError */
export type ExplainCall = (life: CallLife) => Promise<Answer>;

export function createExplainCall(stages: Stages): ExplainCall {
  const { authenticate, admitCall, owners, redact, cache, explain } = stages;

  return async function explainCall(life) {
    const { record } = life;
    const principal = await authenticate(record.incoming);
    record.principal = principal;
    const limits = await admitCall(life, principal, null, []);
    const bytes = await record.incoming.readBody();
    const endpoint = endpointOf(record.incoming, bytes);
    // The query names the endpoint: it is not the call's.
    const { signal } = record.incoming;
    const incoming = { ...record.incoming, signal, query: '', readBody: async () => bytes };
    const { call } = redact.call(await readCall(incoming, endpoint));
    const plan = stages.plan(principal, call, await owners.keeperOf(principal, call.body.json));
    const cachePolicy = cache.policyOf(plan.route.cache, principal.cache);
    const explanation = await explain({ principal, incoming, call, plan, limits, cachePolicy });
    return life.answer(200, limits, JSON.stringify(explanation));
  };
}
