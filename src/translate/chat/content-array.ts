import type { JsonObject, JsonValue } from '../../domain/call.ts';
import { objectsIn, textOf } from '../../json.ts';

/** A piece of an answer's content, whatever form it came in. */
export interface Piece {
  readonly type: 'text' | 'reasoning' | 'refusal';
  readonly text: string;
}

/** `content` of an answer or delta: a string, or parts as Mistral's reasoning models send them. Empty pieces are left out. */
export function piecesOf(content: JsonValue | undefined): Piece[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }];
  return objectsIn(content)
    .map(pieceOf)
    .filter(({ text }) => text !== '');
}

function pieceOf(part: JsonObject): Piece {
  switch (part.type) {
    case 'thinking':
      return { type: 'reasoning', text: thoughtsOf(part.thinking) };
    case 'refusal':
      return { type: 'refusal', text: textOf(part.refusal) };
    default:
      return { type: 'text', text: textOf(part.text) };
  }
}

function thoughtsOf(thinking: JsonValue | undefined): string {
  if (typeof thinking === 'string') return thinking;
  return objectsIn(thinking)
    .map(({ text }) => textOf(text))
    .join('');
}

/** Reasoning beside the content: `reasoning_content` (DeepSeek and most) or `reasoning`; some send both with one text. */
export function reasoningOf({ reasoning_content, reasoning }: JsonObject): string {
  return textOf(reasoning_content) || textOf(reasoning);
}
