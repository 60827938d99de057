import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { ChatAnthropic } from '@langchain/anthropic';
import { type BaseMessage, HumanMessage, ToolMessage } from '@langchain/core/messages';
import { tool as langchainTool } from '@langchain/core/tools';
import { isStepCount, type LanguageModel, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { collect } from '../describe-client.ts';
import { KEY, type KindName } from './describe-across.ts';
import { ASK_WEATHER, runTool, TOOLS, weatherShape } from './loop.ts';

/** What the user of an SDK sees of a loop with one tool, in which the model thinks. */
export interface ThoughtLoop {
  /** Before the tool was called. */
  readonly thought: string;
  readonly answer: string;
}

export interface ThinkingClient {
  readonly name: string;
  readonly speaks: KindName;
  /** Thoughts without a signature are shown, but never sent back. */
  readonly dropsUnsigned?: boolean;
  readonly run: Run;
}

/**
 * @param url of the gateway
 * @param last the model that takes over after the call, where it is another one
 */
type Run = (url: string, model: string, last?: string) => Promise<ThoughtLoop>;

const { description, schema } = TOOLS.get_weather;

async function anthropic(baseURL: string, begin: string, end = begin): Promise<ThoughtLoop> {
  const messages: Anthropic.MessageParam[] = [{ role: 'user', content: ASK_WEATHER }];
  const ask = (model: string) =>
    new Anthropic({ apiKey: KEY, maxRetries: 0, baseURL }).messages
      .stream({
        model,
        max_tokens: 4000,
        thinking: { type: 'enabled', budget_tokens: 2000 },
        tools: [{ name: 'get_weather', description, input_schema: schema }],
        messages,
      })
      .finalMessage();
  const first = await ask(begin);
  messages.push({ role: 'assistant', content: first.content });
  for (const block of first.content) {
    if (block.type !== 'tool_use') continue;
    const content = runTool(block.name, block.input);
    messages.push({ role: 'user', content: [{ type: 'tool_result', tool_use_id: block.id, content }] });
  }
  const last = await ask(end);
  return {
    thought: first.content.flatMap((block) => (block.type === 'thinking' ? block.thinking : [])).join(''),
    answer: last.content.flatMap((block) => (block.type === 'text' ? block.text : [])).join(''),
  };
}

async function openaiResponses(url: string, begin: string, end = begin): Promise<ThoughtLoop> {
  const input: OpenAI.Responses.ResponseInputItem[] = [{ role: 'user', content: ASK_WEATHER }];
  const ask = (model: string) =>
    new OpenAI({ apiKey: KEY, maxRetries: 0, baseURL: `${url}/v1` }).responses
      .stream({
        model,
        input,
        store: false,
        include: ['reasoning.encrypted_content'],
        reasoning: { effort: 'low', summary: 'auto' },
        tools: [{ type: 'function', name: 'get_weather', description, parameters: schema, strict: true }],
      })
      .finalResponse();
  const first = await ask(begin);
  const thoughts: string[] = [];
  for (const item of first.output) {
    if (item.type === 'message') input.push(item);
    if (item.type === 'reasoning') {
      input.push(item);
      thoughts.push(...item.summary.map(({ text }) => text));
    }
    if (item.type === 'function_call') {
      const output = runTool(item.name, JSON.parse(item.arguments));
      input.push(item, { type: 'function_call_output', call_id: item.call_id, output });
    }
  }
  return { thought: thoughts.join(''), answer: (await ask(end)).output_text };
}

async function openaiChat(url: string, begin: string, end = begin): Promise<ThoughtLoop> {
  const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: ASK_WEATHER }];
  const ask = (model: string) =>
    new OpenAI({ apiKey: KEY, maxRetries: 0, baseURL: `${url}/v1` }).chat.completions.stream({
      model,
      reasoning_effort: 'low',
      tools: [{ type: 'function', function: { name: 'get_weather', description, parameters: schema } }],
      messages,
    });
  let thought = '';
  const asked = ask(begin);
  asked.on('chunk', ({ choices: [choice] }) => {
    const delta = choice?.delta ?? {};
    if ('reasoning_content' in delta) thought += delta.reasoning_content;
  });
  const message = (await asked.finalChatCompletion()).choices[0]?.message;
  if (message === undefined) throw new Error('no choice');
  messages.push(message);
  for (const call of message.tool_calls ?? []) {
    if (call.type !== 'function') continue;
    const content = runTool(call.function.name, JSON.parse(call.function.arguments));
    messages.push({ role: 'tool', tool_call_id: call.id, content });
  }
  return { thought, answer: (await ask(end).finalContent()) ?? '' };
}

async function ai(model: LanguageModel): Promise<ThoughtLoop> {
  const execute = async (input: object) => runTool('get_weather', input);
  const { steps, text } = streamText({
    model,
    prompt: ASK_WEATHER,
    maxOutputTokens: 4000,
    maxRetries: 0,
    tools: { get_weather: tool({ description, inputSchema: weatherShape, execute }) },
    stopWhen: isStepCount(4),
    providerOptions: {
      anthropic: { thinking: { type: 'enabled', budgetTokens: 2000 } },
      openai: {
        store: false,
        forceReasoning: true,
        reasoningEffort: 'low',
        reasoningSummary: 'auto',
        include: ['reasoning.encrypted_content'],
      },
    },
  });
  return { thought: (await steps)[0]?.reasoningText ?? '', answer: await text };
}

async function langchain(anthropicApiUrl: string, begin: string, end = begin): Promise<ThoughtLoop> {
  const weather = langchainTool((input) => runTool('get_weather', input), {
    name: 'get_weather',
    description,
    schema: weatherShape,
  });
  const modelOf = (model: string) =>
    new ChatAnthropic({
      model,
      apiKey: KEY,
      anthropicApiUrl,
      maxRetries: 0,
      maxTokens: 4000,
      thinking: { type: 'enabled', budget_tokens: 2000 },
    }).bindTools([weather]);
  const messages: BaseMessage[] = [new HumanMessage(ASK_WEATHER)];
  const ask = async (model: string) =>
    (await collect(await modelOf(model).stream(messages))).reduce((whole, chunk) => whole.concat(chunk));
  const first = await ask(begin);
  messages.push(first);
  for (const { id = '', name: called, args } of first.tool_calls ?? []) {
    messages.push(new ToolMessage(runTool(called, args), id));
  }
  const blocks = first.contentBlocks.flatMap((block) => (block.type === 'reasoning' ? block.reasoning : []));
  return { thought: blocks.join(''), answer: (await ask(end)).text };
}

export const THINKING_CLIENTS: readonly ThinkingClient[] = [
  { name: '@anthropic-ai/sdk', speaks: 'Messages', run: anthropic },
  { name: 'openai, Responses', speaks: 'Responses', run: openaiResponses },
  { name: 'openai, Chat Completions', speaks: 'Chat', run: openaiChat },
  {
    name: 'ai, Messages',
    speaks: 'Messages',
    dropsUnsigned: true,
    run: (url, model) => ai(createAnthropic({ apiKey: KEY, baseURL: `${url}/v1` })(model)),
  },
  {
    name: 'ai, Responses',
    speaks: 'Responses',
    dropsUnsigned: true,
    run: (url, model) => ai(createOpenAI({ apiKey: KEY, baseURL: `${url}/v1` }).responses(model)),
  },
  { name: 'LangChain, Messages', speaks: 'Messages', run: langchain },
];
