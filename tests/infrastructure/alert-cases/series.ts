/** What happens to the series of a case, in promtool's notation at one sample a minute, and what fires when. */
export interface AlertCase {
  readonly alert: string;
  readonly title: string;
  readonly series: Readonly<Record<string, string>>;
  /** How many alerts of this name fire at a time. */
  readonly firing: Readonly<Record<string, number>>;
  /** How often the rule is evaluated, where hours go by; 15 s as in production otherwise. */
  readonly every?: '15s' | '1m' | '5m';
}

export const A = 'job="llm-edge-agent", instance="a:9090"';
export const B = 'job="llm-edge-agent", instance="b:9090"';
export const UP = { [`up{${A}}`]: '1x300' };

export const requests = (status: string, more = `${A}, endpoint="chat"`) =>
  `llm_edge_requests_total{${more}, provider="openai", model="m", status="${status}", stream="false"}`;
export const attempts = (outcome: string) =>
  `llm_edge_upstream_attempts_total{${A}, provider="openai", model="m", outcome="${outcome}"}`;
export const cost = (model: string) => `llm_edge_cost_usd_total{${A}, provider="openai", model="${model}"}`;

/** Of so many requests a minute, those above the bound before it too. */
export function histogram(name: string, labels: string, counts: Readonly<Record<string, number>>) {
  return Object.fromEntries(
    Object.entries(counts).flatMap(([le, perMinute]) => [
      [`${name}_bucket{${labels}, le="${le}"}`, `0+${perMinute}x60`],
      ...(le === '+Inf' ? [[`${name}_count{${labels}}`, `0+${perMinute}x60`]] : []),
    ]),
  );
}

export const WHOLE = `${A}, endpoint="chat", provider="openai", stream="false"`;
export const STREAM = `${A}, endpoint="chat", provider="openai", stream="true"`;
export const FIRST = `${A}, provider="openai", model="m"`;
