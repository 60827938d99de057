/**
 * What was said in a call, as OpenTelemetry's conventions for generative AI have it (`gen_ai.input.messages`,
 * `gen_ai.output.messages`, `gen_ai.system_instructions`).
 */
export interface Said {
  readonly instructions: readonly SaidPart[];
  readonly input: readonly SaidMessage[];
  /** Empty: there was no answer. */
  readonly output: readonly SaidMessage[];
}

export interface SaidMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly parts: readonly SaidPart[];
  /** Of an answer alone. */
  readonly finish_reason?: string;
}

/** Files are named, never shown. */
export type SaidPart =
  | { readonly type: 'text' | 'reasoning'; readonly content: string }
  | { readonly type: 'tool_call'; readonly id: string; readonly name: string; readonly arguments: string }
  | { readonly type: 'tool_call_response'; readonly id: string; readonly response: string }
  | { readonly type: 'file'; readonly modality: 'image' | 'document' | 'audio' };
