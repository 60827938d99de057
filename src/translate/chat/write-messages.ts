import type { JsonObject } from '../../domain/call.ts';
import type { Message, SystemMessage } from '../hub/conversation.ts';
import type { RequestContext } from '../hub/translator.ts';
import { writeAssistants } from './write-assistant.ts';
import { writeUsers } from './write-users.ts';

/** The messages, each where the client put it: instructions may stand anywhere in Chat. */
export function writeMessages(messages: readonly Message[], context: RequestContext): JsonObject[] {
  return withEnding(messages, context).flatMap((run) => writeRun(run, context));
}

/** Messages of one role that follow each other. */
type Run =
  | { readonly role: 'system'; readonly messages: SystemMessage[] }
  | { readonly role: 'user'; readonly messages: Extract<Message, { role: 'user' }>[] }
  | {
      readonly role: 'assistant';
      readonly messages: Extract<Message, { role: 'assistant' }>[];
      prefix: boolean;
    };

function writeRun(run: Run, context: RequestContext): JsonObject[] {
  switch (run.role) {
    case 'system':
      return run.messages.map((message) => writeSystem(message, context));
    case 'user':
      return writeUsers(run.messages, context);
    case 'assistant': {
      const written = writeAssistants(run.messages, context);
      return run.prefix
        ? written.map((message, i) => (i < written.length - 1 ? message : { ...message, prefix: true }))
        : written;
    }
  }
}

function runsOf(messages: readonly Message[]): Run[] {
  const runs: Run[] = [];
  for (const message of messages) {
    const last = runs.at(-1);
    if (message.role === 'system') {
      if (last?.role === 'system') last.messages.push(message);
      else runs.push({ role: 'system', messages: [message] });
    } else if (message.role === 'user') {
      if (last?.role === 'user') last.messages.push(message);
      else runs.push({ role: 'user', messages: [message] });
    } else if (last?.role === 'assistant') last.messages.push(message);
    else runs.push({ role: 'assistant', messages: [message], prefix: false });
  }
  return runs;
}

/**
 * An answer that the client began and the model is to go on with. Chat has no such thing: a model would begin anew, and
 * the client would put a second beginning behind its own. Only Mistral can be told.
 */
function withEnding(messages: readonly Message[], { provider, losses }: RequestContext): Run[] {
  const runs = runsOf(messages);
  const last = runs.at(-1);
  if (last?.role !== 'assistant') return runs;
  const begun = last.messages.at(-1);
  if (begun === undefined || begun.content.some(({ type }) => type === 'tool_call')) return runs;
  if (provider.chat?.prefix === true) {
    last.prefix = true;
    return runs;
  }
  losses.unsupported(begun.at, 'it cannot go on with an answer that is begun');
  last.messages.pop();
  return runs;
}

/** Blocks of instructions become lines of one text, as in Anthropic's own OpenAI layer: many servers take only a string. */
function writeSystem({ content, origin }: SystemMessage, { provider }: RequestContext): JsonObject {
  const role = origin === 'developer' && provider.chat?.developerRole === true ? 'developer' : 'system';
  return { role, content: content.map(({ text }) => text).join('\n') };
}
