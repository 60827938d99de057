import * as z from 'zod';

/**
 * What https://ai.google.dev/api/generate-content and https://ai.google.dev/gemini-api/docs/thought-signatures demand of a
 * request. Google refuses fields that it does not know, so these schemas do as well.
 */

/** Google's own name for "made by another model": it takes it in place of a signature. */
export const NO_SIGNATURE = 'skip_thought_signature_validator';

const object = z.record(z.string(), z.unknown());
const functionName = z.string().regex(/^[A-Za-z_][\w.:-]{0,127}$/);

const part = z
  .strictObject({
    text: z.string().optional(),
    thought: z.boolean().optional(),
    thoughtSignature: z.string().min(1).optional(),
    functionCall: z.strictObject({ id: z.string().optional(), name: functionName, args: object }).optional(),
    functionResponse: z
      .strictObject({ id: z.string().optional(), name: functionName, response: object })
      .optional(),
    inlineData: z.strictObject({ mimeType: z.string(), data: z.base64() }).optional(),
  })
  .refine(
    ({ text, functionCall, functionResponse, inlineData }) =>
      [text, functionCall, functionResponse, inlineData].filter((data) => data !== undefined).length === 1,
    'exactly one kind of data is in a part',
  );

const content = z.strictObject({ role: z.enum(['user', 'model']), parts: z.array(part).min(1) });

const declaration = z.strictObject({
  name: functionName,
  description: z.string().optional(),
  parametersJsonSchema: object.optional(),
});

const request = z.strictObject({
  contents: z.array(content).min(1),
  systemInstruction: z.strictObject({ parts: z.array(z.strictObject({ text: z.string() })) }).optional(),
  tools: z.array(z.strictObject({ functionDeclarations: z.array(declaration).min(1) })).optional(),
  toolConfig: z
    .strictObject({
      functionCallingConfig: z.strictObject({
        mode: z.enum(['AUTO', 'ANY', 'NONE', 'VALIDATED']),
        allowedFunctionNames: z.array(functionName).optional(),
      }),
    })
    .optional(),
  generationConfig: z
    .strictObject({
      temperature: z.number().optional(),
      topP: z.number().optional(),
      topK: z.number().optional(),
      maxOutputTokens: z.number().int().min(1).optional(),
      stopSequences: z.array(z.string()).max(5).optional(),
      thinkingConfig: z
        .strictObject({
          includeThoughts: z.boolean().optional(),
          thinkingBudget: z.number().int().min(-1).optional(),
          thinkingLevel: z.enum(['MINIMAL', 'LOW', 'MEDIUM', 'HIGH']).optional(),
        })
        .optional(),
    })
    .optional(),
});

export type GeminiRequest = z.infer<typeof request>;
export type GeminiPart = z.infer<typeof part>;
export type GeminiCall = NonNullable<GeminiPart['functionCall']>;
export type Declaration = z.infer<typeof declaration>;

/** Gemini answers with 400 INVALID_ARGUMENT. */
export class IllegalRequest extends Error {}

/** @throws IllegalRequest with the rule that is broken */
export function readGeminiRequest(body: string, model: string): GeminiRequest {
  const read = request.safeParse(JSON.parse(body));
  if (!read.success) throw new IllegalRequest(z.prettifyError(read.error));
  checkTurns(read.data);
  checkNames(read.data);
  checkCalls(read.data);
  if (isThirdGeneration(model)) checkSignatures(read.data);
  checkThinking(read.data, model);
  return read.data;
}

export function isThirdGeneration(model: string): boolean {
  return model.startsWith('gemini-3');
}

export function declarationsIn({ tools = [] }: GeminiRequest): Declaration[] {
  return tools.flatMap(({ functionDeclarations }) => functionDeclarations);
}

/** The signature that this upstream puts on a call: another one for every call, with all that base64 has. */
export function signatureOf({ id = '', name, args }: GeminiCall): string {
  return Buffer.from(`\xfb\xff\xbe${id} ${name} ${JSON.stringify(args)}`, 'latin1').toString('base64');
}

function callsIn(parts: readonly GeminiPart[]): GeminiCall[] {
  return parts.flatMap(({ functionCall }) => functionCall ?? []);
}

function demand(holds: boolean, rule: string): void {
  if (!holds) throw new IllegalRequest(rule);
}

function checkTurns({ contents }: GeminiRequest): void {
  const expected = contents.map((_, index) => (index % 2 === 0 ? 'user' : 'model'));
  demand(contents.map(({ role }) => role).join() === expected.join(), 'the roles have to alternate');
  demand(contents.at(-1)?.role === 'user', 'the last turn has to be of the user');
}

function checkNames(body: GeminiRequest): void {
  const names = declarationsIn(body).map(({ name }) => name);
  demand(new Set(names).size === names.length, 'a function is declared twice');
  const used = body.contents.flatMap(({ parts }) => callsIn(parts)).map(({ name }) => name);
  const chosen = body.toolConfig?.functionCallingConfig.allowedFunctionNames ?? [];
  for (const name of [...used, ...chosen]) demand(names.includes(name), `${name} is not declared`);
}

/** Each call is answered in the very next turn, in its place and under its name. */
function checkCalls({ contents }: GeminiRequest): void {
  for (const [index, { role, parts }] of contents.entries()) {
    const responses = parts.flatMap(({ functionResponse }) => functionResponse ?? []);
    if (role === 'model') {
      demand(responses.length === 0, 'a model gives no function response');
      continue;
    }
    demand(callsIn(parts).length === 0, 'a user calls no function');
    const calls = callsIn(contents[index - 1]?.parts ?? []);
    const key = ({ id, name }: { id?: string | undefined; name: string }) => `${name} ${id}`;
    demand(
      responses.map(key).join() === calls.map(key).join(),
      'the number of function response parts is not equal to the number of function call parts',
    );
  }
}

/** The first call of a turn bears the signature that it came with; those after it may bear theirs, if they had one. */
function checkSignatures({ contents }: GeminiRequest): void {
  for (const { parts } of contents) {
    const calls = parts.filter(({ functionCall }) => functionCall !== undefined);
    for (const [index, { functionCall, thoughtSignature }] of calls.entries()) {
      const needed = index === 0 && functionCall !== undefined ? signatureOf(functionCall) : undefined;
      const right = thoughtSignature === needed || (index === 0 && thoughtSignature === NO_SIGNATURE);
      demand(right, `function call ${functionCall?.name} is missing its thought_signature`);
    }
  }
}

function checkThinking({ generationConfig }: GeminiRequest, model: string): void {
  const { thinkingBudget, thinkingLevel } = generationConfig?.thinkingConfig ?? {};
  demand(thinkingBudget === undefined || thinkingLevel === undefined, 'a budget and a level of thinking');
  demand(isThirdGeneration(model) || thinkingLevel === undefined, 'this model knows no level of thinking');
}
