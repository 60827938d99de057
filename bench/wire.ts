/** What the mock upstream sends and the load client expects: one place, so that a lost frame cannot hide. */

const CREATED = 1_760_000_000;
const MODEL = 'gpt-4o-mini-2024-07-18';

/** Content deltas of one streamed answer; `[DONE]` comes on top. */
export const DELTAS = 64;
/** Milliseconds between two deltas, about the pace of a small hosted model. */
export const GAP_MS = 20;

/** What each answer says it used. */
export const USAGE = {
  prompt_tokens: 182,
  completion_tokens: 148,
  total_tokens: 330,
  prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
  completion_tokens_details: {
    reasoning_tokens: 0,
    audio_tokens: 0,
    accepted_prediction_tokens: 0,
    rejected_prediction_tokens: 0,
  },
};

const PROSE =
  'A gateway sits between an application and its providers, and what it adds to a call is felt on every call. ';

/** Finds a delta's number again in the text of its frame. */
const DELTA_NUMBER = /"content":" w(\d+)"/;

/** A whole chat completion of about 1 kB. */
export function completion(): string {
  return JSON.stringify({
    id: 'chatcmpl-bench0000000000000000000000',
    object: 'chat.completion',
    created: CREATED,
    model: MODEL,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: PROSE.repeat(5).trim(), refusal: null, annotations: [] },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: USAGE,
    service_tier: 'default',
    system_fingerprint: 'fp_bench00000',
  });
}

function chunk(choices: readonly unknown[], extra: object): string {
  const head = {
    id: 'chatcmpl-bench00000000',
    object: 'chat.completion.chunk',
    created: CREATED,
    model: MODEL,
  };
  return `data: ${JSON.stringify({ ...head, choices, ...extra })}\n\n`;
}

/** The frame of delta `index` (0-based), about 200 bytes; the last one also carries the finish reason. */
export function deltaFrame(index: number): string {
  const finish = index === DELTAS - 1 ? 'stop' : null;
  return chunk([{ index: 0, delta: { content: ` w${index}` }, finish_reason: finish }], {});
}

/** What follows the last delta: the usage chunk for a caller who asked for it, and the terminal event. */
export function closingFrames(includeUsage: boolean): string {
  const usage = includeUsage ? chunk([], { usage: USAGE }) : '';
  return `${usage}data: [DONE]\n\n`;
}

/** The 0-based number of the delta in a frame, or null when the frame holds none. */
export function deltaNumber(frame: string): number | null {
  const digits = DELTA_NUMBER.exec(frame)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** Digits in its place tell one call from another. */
export const SERIAL = '0000000000';

/** A chat call of about 1 kB. */
export function chatBody(stream: boolean): string {
  const messages = [
    { role: 'system', content: PROSE.repeat(3).trim() },
    { role: 'user', content: `Call ${SERIAL}: ${PROSE.repeat(4).trim()}` },
  ];
  const call = { model: 'gpt-4o-mini', messages, temperature: 0.7, max_tokens: 256 };
  return JSON.stringify(stream ? { ...call, stream } : call);
}
