import type { Capability } from '../domain/plan.ts';

/**
 * What families of models are known not to be able to do, by their vendors' pages of models; the first that fits counts.
 * A model that is not here may be able to do everything: better a refusal by its provider than one by a stale table.
 */
const LACKS: readonly (readonly [family: RegExp, lacks: readonly Capability[]])[] = [
  // https://platform.openai.com/docs/models : sound in chat is for the models with audio in their names.
  [/^(?:gpt-4o(?:-mini)?-audio|gpt-audio)/, ['vision', 'documents', 'json_schema', 'reasoning']],
  [/^gpt-3\.5/, ['vision', 'documents', 'audio', 'json_schema', 'reasoning']],
  [/^gpt-4(?:-0\d{3}|-32k.*)?$/, ['vision', 'documents', 'audio', 'json_schema', 'reasoning']],
  [/^gpt-4-turbo/, ['audio', 'json_schema', 'reasoning']],
  [/^(?:gpt-4|chatgpt-4o)/, ['audio', 'reasoning']],
  [/^o1-(?:mini|preview)/, ['vision', 'documents', 'audio', 'tools', 'json_schema']],
  [/^o3-mini/, ['vision', 'documents', 'audio']],
  [/^(?:gpt-[5-9]|o[134])/, ['audio']],
  // https://docs.anthropic.com/en/docs/about-claude/models
  [/^claude-(?:3-5|3-haiku|3-opus|3-sonnet)/, ['audio', 'reasoning']],
  [/^claude-/, ['audio']],
  // https://api-docs.deepseek.com/quick_start/pricing : text alone.
  [/^deepseek-/, ['vision', 'documents', 'audio']],
];

/** @param model as its provider calls it, which may be `vendor/model`. */
export function lacksOf(model: string): readonly Capability[] {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  return LACKS.find(([family]) => family.test(name))?.[1] ?? [];
}
