import { setImmediate as turnOfLoop } from 'node:timers/promises';
import type { CountTokens } from '../../src/ports/tokenizer.ts';
import { estimateTokens } from '../memory/tokenizer.ts';

/** Characters of a call that are counted; what is more is estimated, since it may cost seconds of the process. */
const MAX_COUNTED = 500_000;

/** How long to count before others have their turn. */
const TURN_MS = 5;

/**
 * OpenAI's `o200k_base` from gpt-tokenizer. Its vocabulary takes a quarter of a second and some 70 MB to load, so it is loaded
 * by the first call that counts.
 */
export function createNodeCountTokens(): CountTokens {
  let loading: Promise<(piece: string) => number> | null = null;
  let lastInLine: Promise<unknown> = Promise.resolve();
  /** One count a turn of the event loop, one after the other, however many there are. */
  const nextTurn = () => (lastInLine = lastInLine.then(() => turnOfLoop()));
  return async function countNodeTokens(texts, signal) {
    loading ??= load();
    const countPiece = await loading;
    let tokens = 0;
    let left = MAX_COUNTED;
    let estimated = false;
    let turnEnds = performance.now() + TURN_MS;
    for (const text of texts) {
      for (const piece of piecesOf(text.slice(0, left))) {
        tokens += countPiece(piece);
        if (performance.now() < turnEnds) continue;
        await nextTurn();
        signal.throwIfAborted();
        turnEnds = performance.now() + TURN_MS;
      }
      if (text.length > left) {
        tokens += estimateTokens(text.slice(left));
        estimated = true;
      }
      left = Math.max(left - text.length, 0);
    }
    signal.throwIfAborted();
    return { tokens, estimated };
  };
}

async function load(): Promise<(piece: string) => number> {
  const { countTokens, setMergeCacheSize } = await import('gpt-tokenizer/encoding/o200k_base');
  // Its cache would hold on to pieces of prompts, and each piece to the whole prompt it was cut from.
  setMergeCacheSize(0);
  // Without this a text that names a special token would throw.
  const plainText = { allowedSpecial: new Set<string>(), disallowedSpecial: new Set<string>() };
  return (piece) => countTokens(piece, plainText);
}

/** Merging takes time by the square of a run without a space: 200,000 times one letter would take half a minute. */
const MAX_PIECE = 512;

/**
 * A text in pieces, cut where the tokenizer cuts by itself, so that the sum is the same. Only where half a piece offers no
 * such place (base64, say) it is cut anyway, which costs up to a token.
 */
function* piecesOf(text: string): Generator<string> {
  let from = 0;
  while (from < text.length) {
    const to = cutAfter(text, from);
    yield text.slice(from, to);
    from = to;
  }
}

function cutAfter(text: string, from: number): number {
  const end = from + MAX_PIECE;
  if (end >= text.length) return text.length;
  for (let at = end; at > end - MAX_PIECE / 2; at -= 1) {
    if (BOUNDARY.test(text.slice(at - 1, at + 2))) return at;
  }
  const splitsPair = /[\udc00-\udfff]/.test(text.charAt(end));
  return splitsPair ? end - 1 : end;
}

/** Behind the first character: before a single space, and before the punctuation of texts that have none. */
const BOUNDARY = /^(?:\S \S|\p{L}[\u3001\u3002\uff01\uff0c\uff1f])/u;
