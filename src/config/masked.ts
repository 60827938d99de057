import type { JsonObject, JsonValue } from '../domain/call.ts';
import type { Config } from './config.ts';

/** Stands for what is set and not shown. */
export const MASK = '***';

/** Fields whose texts are secrets, or may hold some. */
const SECRET = /(?:key|keys|secret|token|password|plain|hash|credential|authorization|cookie|headers)$/i;
/** A user's name and password in a URL. */
const USERINFO = /(:\/\/)[^/\s@]*@/g;

/**
 * A configuration to be shown: every secret is masked, under whatever name and wherever it stands a second time. Null stays
 * null, so that one sees what is not set.
 */
export function maskedConfig(config: Config): JsonObject {
  const whole = JSON.parse(JSON.stringify(config)) as JsonObject;
  const secrets = secretsIn(whole, false);
  return mapTexts(whole, false, (text, isSecret) => {
    if (isSecret) return MASK;
    const shown = text.replace(USERINFO, `$1${MASK}@`);
    return secrets.reduce((rest, secret) => rest.replaceAll(secret, MASK), shown);
  }) as JsonObject;
}

/** Shorter ones are words that stand in many places for other reasons. */
const LEAST_LENGTH = 6;

function secretsIn(tree: JsonValue, isSecret: boolean): string[] {
  const found: string[] = [];
  mapTexts(tree, isSecret, (text, secret) => {
    if (secret && text.length >= LEAST_LENGTH) found.push(text);
    return text;
  });
  // The longest first: one may be a part of another.
  return [...new Set(found)].sort((one, other) => other.length - one.length);
}

/** Objects below a field of secrets are secret, too, but for lists of objects, such as the gateway's keys. */
function mapTexts(
  value: JsonValue,
  isSecret: boolean,
  map: (text: string, isSecret: boolean) => string,
): JsonValue {
  if (typeof value === 'string') return map(value, isSecret);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return value.map((item) => mapTexts(item, isSecret && typeof item === 'string', map));
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) =>
      inner === undefined ? [] : [[name, mapTexts(inner, isSecret || SECRET.test(name), map)]],
    ),
  );
}
