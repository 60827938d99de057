import { conversationStart } from '../conversation-start.ts';
import { unitHash } from '../hash.ts';
import { byScore, type Strategy } from './strategy.ts';

/**
 * The same target for the same conversation, which keeps the provider's prompt cache warm, and the same second one when the
 * first fails: rendezvous hashing, with weights (Schindelhauer and Schomaker, 2005). When a target is added or goes, only the
 * conversations that win or lose it move.
 */
export const sticky: Strategy = (targets, { tenant, call }) => {
  const start = unitHash(`${tenant}\n${conversationStart(call)}`);
  return byScore(targets, ({ id, weight }) => ({
    score: -Math.log(unitHash(`${start} ${id}`)) / weight,
    reason: 'by the start of the conversation',
  }));
};
