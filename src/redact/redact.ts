import type { RedactionConfig } from '../config/config.ts';
import type { Answer } from '../domain/answer.ts';
import type { Call } from '../domain/call.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import { parseObject } from '../json.ts';
import { relay } from '../streams/relay.ts';
import { findAll, mask, replaceAll } from './find.ts';
import { detectorsOf } from './guard.ts';
import { mapStrings } from './json-strings.ts';
import { isReadable } from './readable.ts';
import { restoreJson } from './restore-json.ts';
import { RestoringTap } from './restore-stream.ts';
import { Vault } from './vault.ts';

/** A call as the provider may see it. */
export interface Redacted {
  readonly call: Call;
  /** Puts back into the answer what was taken out of the call. */
  readonly restore: (answer: Answer) => Answer;
}

export interface Redact {
  /** @throws GatewayError `sensitive_data` in mode `block`. */
  call(call: Call): Redacted;
  /** JSON of a path that the gateway does not read, masked for good: an answer to it is not looked into. @throws as `call` */
  bytes(body: Uint8Array): Uint8Array;
}

/** Told how many of a kind were found, for the metrics. */
export type OnFound = (kind: string, count: number) => void;

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const asItIs = (answer: Answer) => answer;

/** Takes personal data and secrets out of calls. Null settings: it looks at nothing. @throws Error for a pattern that is none. */
export function createRedact(config: RedactionConfig | null, onFound: OnFound): Redact {
  if (config === null) return { call: (call) => ({ call, restore: asItIs }), bytes: (body) => body };
  const { mode } = config;
  const detectors = detectorsOf(config);

  return {
    call(call) {
      const vault = new Vault(call.body.text);
      const by = mode === 'tokenize' ? (kind: string, value: string) => vault.placeholder(kind, value) : mask;
      const text = edited(call.body.text, by);
      const json = text === call.body.text ? null : parseObject(text);
      if (json === null) return { call, restore: asItIs };
      const body = { text, json, bytes: encoder.encode(text) };
      const restore = vault.isEmpty ? asItIs : (answer: Answer) => restored(answer, vault, call);
      return { call: { ...call, body }, restore };
    },
    bytes(body) {
      const text = decoder.decode(body);
      if (parseObject(text) === null) return body;
      const masked = edited(text, mask);
      return masked === text ? body : encoder.encode(masked);
    },
  };

  function edited(text: string, by: (kind: string, value: string) => string): string {
    const found = new Map<string, number>();
    const masked = mapStrings(text, (value, { path }) => {
      const findings = isReadable(path) ? findAll(value, detectors) : [];
      if (findings.length === 0) return null;
      for (const { kind } of findings) found.set(kind, (found.get(kind) ?? 0) + 1);
      return replaceAll(value, findings, by);
    });
    for (const [kind, count] of found) onFound(kind, count);
    if (mode === 'block' && found.size > 0) throw blocked([...found.keys()]);
    return mode === 'detect' ? text : masked;
  }
}

function restored(answer: Answer, vault: Vault, { dialect }: Call): Answer {
  const { body } = answer;
  if (body === null) return answer;
  if (body instanceof ReadableStream) {
    return { ...answer, body: relay(body, new RestoringTap(vault, dialect)) };
  }
  const text = typeof body === 'string' ? body : decoder.decode(body);
  const whole = isEventStream(answer) ? restoredEvents(text, vault, dialect) : restoreJson(text, vault);
  return whole === text ? answer : { ...answer, body: whole };
}

function isEventStream({ headers }: Answer): boolean {
  return headers['content-type']?.startsWith('text/event-stream') === true;
}

function restoredEvents(text: string, vault: Vault, dialect: Call['dialect']): string {
  const tap = new RestoringTap(vault, dialect);
  const head = tap.chunk(encoder.encode(text));
  return (head === null ? '' : decoder.decode(head)) + decoder.decode(tap.end());
}

function blocked(kinds: readonly string[]): GatewayError {
  return new GatewayError(
    'sensitive_data',
    `The call holds what may not be sent to a provider (${kinds.join(', ')}): take it out, or ask the operator of this gateway.`,
  );
}
