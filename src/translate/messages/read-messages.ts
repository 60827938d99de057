import type { JsonObject, JsonValue } from '../../domain/call.ts';
import type { Message, SystemMessage } from '../hub/conversation.ts';
import { invalid, listAt, objectAtPath } from './fields.ts';
import { type Reading, readAssistantBlock, readContent, readText, readUserBlock } from './read-blocks.ts';

/** `system` and `messages`, in one order. */
export function readMessages(body: JsonObject, reading: Reading): Message[] {
  const messages = listAt(body.messages, 'messages').map((item, i) => {
    const at = `messages[${i}]`;
    return readMessage(objectAtPath(item, at), at, reading);
  });
  const { system } = body;
  if (system === undefined || system === null) return messages;
  return [readSystem(system, 'system', 'system', 'top'), ...messages];
}

function readMessage({ role, content }: JsonObject, at: string, reading: Reading): Message {
  const path = `${at}.content`;
  switch (role) {
    case 'user':
      return {
        role,
        content: readContent(content, path, (block, blockAt) => readUserBlock(block, blockAt, reading)),
        at,
      };
    case 'assistant':
      return {
        role,
        content: readContent(content, path, (block, blockAt) => readAssistantBlock(block, blockAt, reading)),
        at,
      };
    case 'system':
      return readSystem(content, path, at, 'system');
    default:
      return invalid(`${at}.role`, 'must be "user", "assistant" or "system"');
  }
}

function readSystem(
  content: JsonValue | undefined,
  path: string,
  at: string,
  origin: SystemMessage['origin'],
): SystemMessage {
  const parts = readContent(content, path, (block, blockAt) =>
    block.type === 'text' ? readText(block, blockAt) : invalid(`${blockAt}.type`, 'must be "text"'),
  );
  return { role: 'system', content: parts, at, origin };
}
