import OpenAI from 'openai';
import { expect, it } from 'vitest';
import { describeAcross, KEY, KINDS } from './describe-across.ts';
import { casesOf, HELLO, isGemini, runTool, signatureGivenBack, TOOLS } from './loop.ts';

const tools = Object.entries(TOOLS).map(
  ([name, { description, schema }]): OpenAI.Responses.FunctionTool => ({
    type: 'function',
    name,
    description,
    parameters: schema,
    strict: true,
  }),
);

/** What the API answers with it takes back, though the SDK's types disagree on kinds that are not in these tests. */
function itemsOf({ output }: OpenAI.Responses.Response): OpenAI.Responses.ResponseInputItem[] {
  return output.flatMap((item) =>
    item.type === 'function_call' || item.type === 'reasoning' || item.type === 'message' ? [item] : [],
  );
}

describeAcross('openai, Responses across dialects', (box) => {
  const responses = () =>
    new OpenAI({ apiKey: KEY, maxRetries: 0, baseURL: `${box.gateway.url}/v1` }).responses;

  it.each(casesOf(KINDS))('streams a loop of tools: $name, $loop', async (kind) => {
    const input: OpenAI.Responses.ResponseInputItem[] = [{ role: 'user', content: kind.prompt }];
    const stream = () => responses().stream({ model: kind.model, input, tools, store: false });
    const asked = stream();
    const pieces: string[] = [];
    asked.on('response.function_call_arguments.delta', ({ delta }) => pieces.push(delta));
    const first = await asked.finalResponse();
    const calls = first.output.filter((item) => item.type === 'function_call');
    expect(calls.map(({ name }) => name)).toEqual(kind.calls);
    expect(calls.map((call) => call.arguments).join('')).toBe(pieces.join(''));
    expect([first.status, first.usage?.output_tokens]).toEqual(['completed', expect.any(Number)]);
    input.push(...itemsOf(first));
    for (const { call_id, name, arguments: text } of calls) {
      const output = runTool(name, JSON.parse(text));
      input.push({ type: 'function_call_output', call_id, output });
    }
    const second = stream();
    let text = '';
    second.on('response.output_text.delta', ({ delta }) => {
      text += delta;
    });
    const last = await second.finalResponse();
    expect([last.output_text, text, last.status]).toEqual([kind.answer, kind.answer, 'completed']);
    const { input_tokens = 0, output_tokens = 0 } = last.usage ?? {};
    expect([input_tokens > 0, output_tokens > 0]).toEqual([true, true]);
    if (isGemini(kind)) expect(signatureGivenBack(box)).toBe('given back');
  });

  it.each(KINDS)('takes a whole answer: $name', async ({ model }) => {
    const answer = await responses().create({ model, input: HELLO, store: false });
    expect(answer).toMatchObject({ status: 'completed', output_text: HELLO });
    expect(answer.usage?.total_tokens).toBeGreaterThan(0);
  });
});
