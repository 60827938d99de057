import type { ReasoningSeal } from '../../src/translate/hub/conversation.ts';
import { packSeal } from '../../src/translate/hub/seal.ts';
import { PROVIDER, type Upstream } from './dialect-gateway.ts';
import { type Answer, type Block, type Encoder, ID, joined } from './encode/answer.ts';
import { chat } from './encode/chat.ts';
import { gemini } from './encode/gemini.ts';
import { messages } from './encode/messages.ts';
import { responses } from './encode/responses.ts';

export type Client = Exclude<Upstream, 'gemini'>;

/** How each provider tells its answers. */
export const TOLD: Readonly<Record<Upstream, Encoder>> = {
  chat,
  responses: responses(),
  messages: messages(true),
  gemini,
};

/** How each client is told what a provider said. Chat's calls may grow side by side until its end. */
export function encoderFor(client: Client, upstream: Upstream): Encoder {
  switch (client) {
    case 'chat':
      return chat;
    case 'responses':
      return responses(upstream === 'chat');
    case 'messages':
      return messages(upstream === 'gemini');
  }
}

/** What of a provider's answer reaches a client: all of it, its seals packed as that provider's. */
export function heard(answer: Answer, upstream: Upstream): Answer {
  const blocks = upstream === 'gemini' ? inGeminisWay(answer.blocks) : answer.blocks;
  return { ...answer, blocks: blocks.map((block, index) => packed(block, index, upstream)) };
}

/** Seals stand on what follows, calls come whole. */
function inGeminisWay(blocks: readonly Block[]): Block[] {
  return blocks.flatMap((block): Block[] => {
    if ('call' in block) return [{ call: { ...block.call, pieces: [joined(block.call.pieces)] } }];
    if (!('reasoning' in block) || block.seal === null) return [block];
    return [
      { reasoning: block.reasoning, seal: null },
      { reasoning: [], seal: block.seal },
    ];
  });
}

function packed(block: Block, index: number, upstream: Upstream): Block {
  if (!('reasoning' in block) || block.seal === null) return block;
  return { ...block, seal: packSeal(sealOf(block.seal, index, upstream)) };
}

/** Chat's own are those that gateways in front of Anthropic hand out there. */
function sealOf(data: string, index: number, upstream: Upstream): ReasoningSeal {
  const provider = PROVIDER[upstream];
  switch (upstream) {
    case 'responses':
      return { origin: 'openai', provider, data, id: `rs_${ID}_${index}` };
    case 'chat':
    case 'messages':
      return { origin: 'anthropic', provider, data };
    case 'gemini':
      return { origin: 'gemini', provider, data };
  }
}
