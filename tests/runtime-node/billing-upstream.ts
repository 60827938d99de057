import { createServer, type ServerResponse } from 'node:http';
import { listen } from '../support/ports.ts';
import { until } from '../support/wait.ts';

/** A provider of chat streams that counts what it served, for each question by itself. */
export interface BillingUpstream {
  readonly url: string;
  /** Resolves when the question has come. */
  asked(question: string): Promise<void>;
  /** Says so many words of one token each. */
  say(question: string, words: number): void;
  /** Ends the answer, with its own count. */
  end(question: string): void;
  /** Output tokens that were served. */
  served(question: string): number;
  close(): Promise<void>;
}

interface Answering {
  readonly response: ServerResponse;
  words: number;
}

export async function startBillingUpstream(inputTokens: number): Promise<BillingUpstream> {
  const answers = new Map<string, Answering>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { messages } = JSON.parse(Buffer.concat(chunks).toString()) as { messages: { content: string }[] };
    answers.set(messages[0]?.content ?? '', { response, words: 0 });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    response.on('error', () => {});
  });
  const { url, close } = await listen(server);
  const of = (question: string) => {
    const answering = answers.get(question);
    if (answering === undefined) throw new Error(`nobody asked ${question}`);
    return answering;
  };
  const write = (response: ServerResponse, more: object) => {
    const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o-mini', ...more };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  return {
    url,
    asked: async (question) => void (await until(`${question} is asked`, () => answers.has(question))),
    say(question, words) {
      const answering = of(question);
      for (let i = 0; i < words; i += 1)
        write(answering.response, {
          choices: [{ index: 0, delta: { content: 'word' }, finish_reason: null }],
        });
      answering.words += words;
    },
    end(question) {
      const { response, words } = of(question);
      write(response, { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
      const usage = {
        prompt_tokens: inputTokens,
        completion_tokens: words,
        total_tokens: inputTokens + words,
      };
      write(response, { choices: [], usage });
      response.end('data: [DONE]\n\n');
    },
    served: (question) => answers.get(question)?.words ?? 0,
    close,
  };
}
