import type { Json } from '../../support/corpus.ts';
import { type Answer, type Block, COUNTS, type Encoder, type Finish, ID, joined, MODEL } from './answer.ts';

const FINISH: Readonly<Record<Finish, string>> = {
  stop: 'STOP',
  stop_sequence: 'STOP',
  length: 'MAX_TOKENS',
  tool_calls: 'STOP',
  content_filter: 'SAFETY',
  refusal: 'SAFETY',
};

const USAGE = {
  promptTokenCount: COUNTS.input + COUNTS.cacheRead,
  cachedContentTokenCount: COUNTS.cacheRead,
  candidatesTokenCount: COUNTS.output - COUNTS.reasoning,
  thoughtsTokenCount: COUNTS.reasoning,
  totalTokenCount: COUNTS.input + COUNTS.cacheRead + COUNTS.output,
};

/** https://ai.google.dev/api/generate-content#generatecontentresponse ; a seal stands on the part after its thought. */
export const gemini: Encoder = {
  whole: (answer) => reply(partsOf(answer), FINISH[answer.finish]),
  stream: (answer) => {
    const parts = answer.blocks.flatMap((block, index) => piecesOf(block, sealBefore(answer.blocks, index)));
    return [...parts.map((part) => ({ data: reply([part]) })), { data: reply([], FINISH[answer.finish]) }];
  },
};

function reply(parts: readonly Json[], finishReason?: string): Json {
  const candidate = {
    content: { role: 'model', parts },
    ...(finishReason === undefined ? {} : { finishReason }),
    index: 0,
  };
  return { candidates: [candidate], usageMetadata: USAGE, modelVersion: MODEL, responseId: ID };
}

function partsOf({ blocks }: Answer): Json[] {
  return blocks.map((block, index) => ({
    ...('call' in block ? callPart(block.call) : textPart(block, joined(textsOf(block)))),
    ...sealBefore(blocks, index),
  }));
}

function sealBefore(blocks: Answer['blocks'], index: number): Json {
  const before = blocks[index - 1];
  return before !== undefined && 'reasoning' in before && before.seal !== null
    ? { thoughtSignature: before.seal }
    : {};
}

function piecesOf(block: Block, seal: Json): Json[] {
  if ('call' in block) return [{ ...callPart(block.call), ...seal }];
  return textsOf(block).map((text, at) => ({ ...textPart(block, text), ...(at === 0 ? seal : {}) }));
}

function textsOf(block: Exclude<Block, { call: unknown }>): readonly string[] {
  if ('text' in block) return block.text;
  return 'refusal' in block ? [block.refusal] : block.reasoning;
}

function textPart(block: Block, text: string): Json {
  return 'reasoning' in block ? { text, thought: true } : { text };
}

function callPart({ id, name, pieces }: { id: string; name: string; pieces: readonly string[] }): Json {
  return { functionCall: { id, name, args: JSON.parse(joined(pieces)) } };
}
