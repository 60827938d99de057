import OpenAI from 'openai';
import type { RunnableToolFunctionWithParse } from 'openai/lib/RunnableFunction';
import { expect, it } from 'vitest';
import { describeAcross, KEY, KINDS } from './describe-across.ts';
import { casesOf, HELLO, isGemini, runTool, signatureGivenBack, TOOLS } from './loop.ts';

const tools = Object.entries(TOOLS).map(
  ([name, { description, schema }]): OpenAI.ChatCompletionFunctionTool => ({
    type: 'function',
    function: { name, description, parameters: schema, strict: true },
  }),
);

const runnable = Object.entries(TOOLS).map(
  ([name, { description, schema }]): RunnableToolFunctionWithParse<object> => ({
    type: 'function',
    function: {
      name,
      description,
      parameters: schema,
      parse: JSON.parse,
      function: (input) => runTool(name, input),
    },
  }),
);

describeAcross('openai, Chat Completions across dialects', (box) => {
  const completions = () =>
    new OpenAI({ apiKey: KEY, maxRetries: 0, baseURL: `${box.gateway.url}/v1` }).chat.completions;
  const stream = (model: string, messages: OpenAI.ChatCompletionMessageParam[]) =>
    completions().stream({ model, tools, messages, stream_options: { include_usage: true } });

  it.each(casesOf(KINDS))('streams a loop of tools by hand: $name, $loop', async (kind) => {
    const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: kind.prompt }];
    const first = await stream(kind.model, messages).finalChatCompletion();
    const [choice] = first.choices;
    if (choice === undefined) throw new Error('no choice');
    const calls = (choice.message.tool_calls ?? []).filter((call) => call.type === 'function');
    expect(choice.finish_reason).toBe('tool_calls');
    expect(calls.map((call) => call.function.name)).toEqual(kind.calls);
    expect(first.usage?.completion_tokens).toBeGreaterThan(0);
    messages.push(choice.message);
    for (const { id, function: called } of calls) {
      const content = runTool(called.name, JSON.parse(called.arguments));
      messages.push({ role: 'tool', tool_call_id: id, content });
    }
    const asked = stream(kind.model, messages);
    let text = '';
    asked.on('content', (delta) => {
      text += delta;
    });
    const last = await asked.finalChatCompletion();
    expect(last.choices[0]).toMatchObject({ message: { content: kind.answer }, finish_reason: 'stop' });
    expect(text).toBe(kind.answer);
    expect(last.usage?.prompt_tokens).toBeGreaterThan(0);
    if (isGemini(kind)) expect(signatureGivenBack(box)).toBe('given back');
  });

  it.each(casesOf(KINDS))('streams its runner of tools to the end: $name, $loop', async (kind) => {
    const { model, prompt: content } = kind;
    const messages = [{ role: 'user' as const, content }];
    const options = { stream: true as const, stream_options: { include_usage: true } };
    const runner = completions().runTools({ model, messages, tools: runnable, ...options });
    expect(await runner.finalContent()).toBe(kind.answer);
    expect((await runner.finalChatCompletion()).choices[0]?.finish_reason).toBe('stop');
    expect(runner.allChatCompletions()).toHaveLength(2);
    const { prompt_tokens, completion_tokens } = await runner.totalUsage();
    expect([prompt_tokens > 0, completion_tokens > 0]).toEqual([true, true]);
    // The runner sends no fields that are not OpenAI's, so Gemini is told that there is no signature.
    if (isGemini(kind)) expect(signatureGivenBack(box)).toBe('lost');
  });

  it.each(KINDS)(
    'takes a whole answer, and a stream without usage unless asked: $name',
    async ({ model }) => {
      const messages = [{ role: 'user' as const, content: HELLO }];
      const answer = await completions().create({ model, messages });
      expect(answer.choices).toMatchObject([{ message: { content: HELLO }, finish_reason: 'stop' }]);
      expect(answer.usage?.total_tokens).toBeGreaterThan(0);
      for await (const chunk of await completions().create({ model, messages, stream: true })) {
        expect([chunk.choices.length, chunk.usage ?? null]).toEqual([1, null]);
      }
    },
  );
});
