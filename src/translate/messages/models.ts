/** What a model takes in a request, as far as models of the Messages API differ in it. */
export interface ModelTraits {
  /** What is asked for when the client leaves it open: as much as the model gives. */
  readonly maxOutputTokens: number;
  /** How it is told to think: not at all, by a budget of tokens, or by an effort (`adaptive`). */
  readonly thinking: 'none' | 'budget' | 'adaptive';
  readonly canDisableThinking: boolean;
  /** `output_config.effort` knows `xhigh`. */
  readonly xhigh: boolean;
  /** `one`: temperature or top_p, not both. `none`: only the defaults are accepted. */
  readonly sampling: 'both' | 'one' | 'none';
  /** A tool call can be forced (`tool_choice` any or tool). */
  readonly forcedTools: boolean;
  /** `output_config.format` and strict tools. */
  readonly structuredOutput: boolean;
  /** Continues a last message of the assistant. */
  readonly prefill: boolean;
  /** Takes `role: "system"` between the turns. */
  readonly systemTurns: boolean;
}

const NEWEST: ModelTraits = {
  maxOutputTokens: 128_000,
  thinking: 'adaptive',
  canDisableThinking: true,
  xhigh: true,
  sampling: 'none',
  forcedTools: true,
  structuredOutput: true,
  prefill: false,
  systemTurns: true,
};
const CLAUDE_4_6: ModelTraits = { ...NEWEST, xhigh: false, sampling: 'one', systemTurns: false };
const CLAUDE_4_5: ModelTraits = { ...CLAUDE_4_6, maxOutputTokens: 64_000, thinking: 'budget', prefill: true };
const CLAUDE_4: ModelTraits = { ...CLAUDE_4_5, sampling: 'both', structuredOutput: false };
const CLAUDE_3: ModelTraits = { ...CLAUDE_4, maxOutputTokens: 4096, thinking: 'none' };

/**
 * The first row that fits counts. Sources: https://platform.claude.com/docs/en/about-claude/models/overview (output limits),
 * …/build-with-claude/thinking, …/build-with-claude/effort, …/build-with-claude/structured-outputs,
 * …/build-with-claude/mid-conversation-system-messages, …/api/errors#prefill-not-supported.
 */
const ROWS: readonly (readonly [family: RegExp, traits: ModelTraits])[] = [
  [/(opus|sonnet)-5-5/, { ...NEWEST, canDisableThinking: false, forcedTools: false }],
  [/(fable|mythos)-5-[12]/, { ...NEWEST, canDisableThinking: false, forcedTools: false }],
  [/(fable|mythos)/, { ...NEWEST, canDisableThinking: false }],
  [/sonnet-5(?!-\d\b)|opus-4-7/, { ...NEWEST, systemTurns: false }],
  [/(opus|sonnet)-4-6/, CLAUDE_4_6],
  [/(opus|sonnet|haiku)-4-5/, CLAUDE_4_5],
  [/opus-4-1/, { ...CLAUDE_4_5, maxOutputTokens: 32_000 }],
  [/opus-4(-0)?(-\d{6,}|@|$)/, { ...CLAUDE_4, maxOutputTokens: 32_000 }],
  [/sonnet-4(-0)?(-\d{6,}|@|$)|3-7-sonnet/, CLAUDE_4],
  [/3-5-(sonnet|haiku)/, { ...CLAUDE_3, maxOutputTokens: 8192 }],
  [/claude-(3|2|v2|instant)/, CLAUDE_3],
  // A Claude that is not known yet is more like the newest than like any other.
  [/claude/, NEWEST],
];

/** Other makers' models behind an endpoint of this dialect: they mostly follow its older rules. */
const OTHERS: ModelTraits = { ...CLAUDE_4, maxOutputTokens: 8192 };

export function traitsOf(model: string): ModelTraits {
  const id = model.toLowerCase().replaceAll('.', '-');
  return ROWS.find(([family]) => family.test(id))?.[1] ?? OTHERS;
}
