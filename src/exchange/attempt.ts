import type { CallLife } from '../call-life.ts';
import type { Call, JsonObject } from '../domain/call.ts';
import type { AttemptContext } from '../domain/outcome.ts';
import type { Target } from '../domain/provider.ts';
import type { Rehearsal } from '../domain/rehearsal.ts';
import type { UpstreamRequest } from '../ports/fetch.ts';
import type { Translation } from '../translate/translation.ts';

/** One call of one target, as the stages before prepared it. */
export interface Attempt {
  readonly life: CallLife;
  readonly target: Target;
  readonly context: AttemptContext;
  readonly request: Omit<UpstreamRequest, 'signal'>;
  readonly clientCredential: boolean;
  /** A failure that is to be seen; null: none. */
  readonly rehearsal: Rehearsal | null;
  /** The target is one of a route that the operator configured. */
  readonly configured: boolean;
  /** More headers for the answer, whoever gets it. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface DialectAttempt extends Attempt {
  readonly call: Call;
  /** A stream that breaks is `told` of in the words of the dialect, or itself `broken`. */
  readonly breaks: 'told' | 'broken';
  /** More than its caller may get the answer: everything stays in it that one of them may have asked for. */
  readonly shared: boolean;
}

/** Both sides speak the same dialect. */
export interface SameDialectAttempt extends DialectAttempt {
  readonly usageInjected: boolean;
  /** What has to be done to a JSON answer; null: its bytes pass. */
  readonly convert: ((reply: JsonObject) => JsonObject) | null;
  /** Told the id of an object that the provider made and keeps. Never rejects. */
  readonly onObject: (id: string) => Promise<void>;
}

/** The provider speaks another dialect than the client. */
export interface TranslatedAttempt extends DialectAttempt {
  readonly translation: Translation;
}
