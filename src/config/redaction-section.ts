import { RE2JS } from 're2js';
import * as z from 'zod';
import { REDACTION_KINDS, type RedactionKind } from '../domain/redaction.ts';
import type { RedactionConfig } from './config.ts';
import { described, setting } from './setting.ts';
import * as v from './values.ts';

const KINDS_MUST = `must be a list of ${REDACTION_KINDS.join(', ')}`;

/** A pattern that takes linear time whatever the text is; the message never repeats it. */
const pattern = z.string().transform((value, context): string => {
  try {
    RE2JS.compile(value);
    return value;
  } catch {
    const message = 'is not a regular expression that RE2 takes (no look-around, no back-references)';
    context.issues.push({ code: 'custom', message, input: value });
    return z.NEVER;
  }
});

const patternName = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]{0,31}$/,
    'is not a name for a pattern: use lower-case letters, digits or underscores',
  );

/** What is kept from providers: docs/redaction.md. */
export const redaction = z.strictObject({
  redaction: setting(v.choice(['off', 'detect', 'mask', 'block', 'tokenize']).default('off'), {
    env: 'REDACTION',
    type: '`off`, `detect`, `mask`, `block`, `tokenize`',
    what: 'Personal data and secrets in calls: `detect` counts them, `mask` takes them out, `block` refuses the call, `tokenize` takes them out and puts them back into the answer. See [redaction.md](redaction.md).',
  }),
  redaction_kinds: setting(
    v
      .list(KINDS_MUST, (item) => kindOf(item))
      .transform((kinds) => kinds.flatMap((item) => kindOf(item) ?? []))
      .default([...REDACTION_KINDS]),
    {
      env: 'REDACTION_KINDS',
      type: 'list of kinds',
      what: `What is looked for: ${REDACTION_KINDS.map((kind) => `\`${kind}\``).join(', ')}.`,
    },
  ),
  redaction_patterns: described(
    z.record(patternName, pattern).prefault({}),
    "The operator's own patterns by name, in RE2's syntax (file only).",
  ),
});

function kindOf(item: string): RedactionKind | null {
  return REDACTION_KINDS.find((kind) => kind === item.toLowerCase()) ?? null;
}

/** Null: it is off. */
export function toRedaction(settings: z.output<typeof redaction>): RedactionConfig | null {
  const { redaction: mode, redaction_kinds: kinds, redaction_patterns: patterns } = settings;
  return mode === 'off' ? null : { mode, kinds, patterns };
}
