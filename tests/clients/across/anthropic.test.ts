import Anthropic from '@anthropic-ai/sdk';
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema';
import { expect, it } from 'vitest';
import { describeAcross, KEY, KINDS } from './describe-across.ts';
import { casesOf, HELLO, isGemini, runTool, signatureGivenBack, TOOLS } from './loop.ts';

const tools: Anthropic.Tool[] = Object.entries(TOOLS).map(([name, { description, schema }]) => ({
  name,
  description,
  input_schema: schema,
}));

const runnable = Object.entries(TOOLS).map(([name, { description, schema }]) =>
  betaTool({ name, description, inputSchema: schema, run: (input) => runTool(name, input) }),
);

describeAcross('@anthropic-ai/sdk across dialects', (box) => {
  const client = () => new Anthropic({ apiKey: KEY, maxRetries: 0, baseURL: box.gateway.url });
  const stream = (model: string, messages: Anthropic.MessageParam[]) =>
    client().messages.stream({ model, max_tokens: 1000, tools, messages }).finalMessage();

  it.each(casesOf(KINDS))('streams a loop of tools by hand: $name, $loop', async (kind) => {
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: kind.prompt }];
    const first = await stream(kind.model, messages);
    const uses = first.content.filter((block) => block.type === 'tool_use');
    expect(first.stop_reason).toBe('tool_use');
    expect(uses.map(({ name }) => name)).toEqual(kind.calls);
    expect(first.usage.output_tokens).toBeGreaterThan(0);
    messages.push(
      { role: 'assistant', content: first.content },
      {
        role: 'user',
        content: uses.map(({ id, name, input }) => ({
          type: 'tool_result',
          tool_use_id: id,
          content: runTool(name, input),
        })),
      },
    );
    const last = await stream(kind.model, messages);
    const text = last.content.flatMap((block) => (block.type === 'text' ? block.text : [])).join('');
    expect([text, last.stop_reason]).toEqual([kind.answer, 'end_turn']);
    expect([last.usage.input_tokens > 0, last.usage.output_tokens > 0]).toEqual([true, true]);
    if (isGemini(kind)) expect(signatureGivenBack(box)).toBe('given back');
  });

  it.each(casesOf(KINDS))('streams its tool runner to the end: $name, $loop', async (kind) => {
    const { model, prompt: content } = kind;
    const runner = client().beta.messages.toolRunner({
      model,
      max_tokens: 1000,
      messages: [{ role: 'user', content }],
      tools: runnable,
      stream: true,
    });
    let turns = 0;
    let text = '';
    for await (const turn of runner) {
      turns++;
      turn.on('text', (delta) => {
        text += delta;
      });
    }
    expect([text, turns]).toEqual([kind.answer, 2]);
    expect((await runner).stop_reason).toBe('end_turn');
    if (isGemini(kind)) expect(signatureGivenBack(box)).toBe('given back');
  });

  it.each(KINDS)('takes a whole answer: $name', async ({ model }) => {
    const messages: Anthropic.MessageParam[] = [{ role: 'user', content: HELLO }];
    const answer = await client().messages.create({ model, max_tokens: 1000, messages });
    expect(answer.stop_reason).toBe('end_turn');
    expect(answer.content.flatMap((block) => (block.type === 'text' ? block.text : []))).toEqual([HELLO]);
    expect([answer.usage.input_tokens > 0, answer.usage.output_tokens > 0]).toEqual([true, true]);
  });
});
