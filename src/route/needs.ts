import type { Call, JsonObject, JsonValue } from '../domain/call.ts';
import type { Capability } from '../domain/plan.ts';
import { asObject, objectAt, objectsIn } from '../json.ts';

/** Parts of messages, in any dialect, that not every model can take. */
const PART_NEEDS: Readonly<Record<string, Capability>> = {
  image: 'vision',
  image_url: 'vision',
  input_image: 'vision',
  document: 'documents',
  file: 'documents',
  input_file: 'documents',
  input_audio: 'audio',
  tool_use: 'tools',
  tool_result: 'tools',
  function_call: 'tools',
  function_call_output: 'tools',
  custom_tool_call: 'tools',
  custom_tool_call_output: 'tools',
};

/** What a call asks of a model beside text. Read from the body as it is: no dialect is translated for it. */
export function needsOf({ body: { json } }: Call): ReadonlySet<Capability> {
  const needs = new Set<Capability>();
  const items = Array.isArray(json.messages) ? json.messages : json.input;
  for (const part of partsIn(items)) {
    const need = typeof part.type === 'string' ? PART_NEEDS[part.type] : undefined;
    if (need !== undefined) needs.add(need);
    if (part.role === 'tool' || isFilled(part.tool_calls)) needs.add('tools');
  }
  if (isFilled(json.tools) || isFilled(json.functions)) needs.add('tools');
  if (asksForSchema(json)) needs.add('json_schema');
  if (asksForReasoning(json)) needs.add('reasoning');
  if (Array.isArray(json.modalities) && json.modalities.includes('audio')) needs.add('audio');
  return needs;
}

/** Results of tools hold parts of their own, and nothing is nested deeper. */
const DEPTH = 3;

function partsIn(items: JsonValue | undefined, depth = DEPTH): JsonObject[] {
  const parts = objectsIn(items);
  if (depth === 1) return parts;
  return parts.flatMap((part) => [
    part,
    ...partsIn(part.content, depth - 1),
    ...partsIn(part.output, depth - 1),
  ]);
}

function asksForSchema(json: JsonObject): boolean {
  const formats = [
    json.response_format,
    json.output_format,
    objectAt(json, 'text').format,
    objectAt(json, 'output_config').format,
  ];
  return formats.some((format) => asObject(format)?.type === 'json_schema');
}

function asksForReasoning(json: JsonObject): boolean {
  const thinking = objectAt(json, 'thinking').type;
  if (thinking === 'enabled' || thinking === 'adaptive') return true;
  const effort = json.reasoning_effort ?? objectAt(json, 'reasoning').effort;
  return typeof effort === 'string' && effort !== 'none';
}

function isFilled(value: JsonValue | undefined): boolean {
  return Array.isArray(value) && value.length > 0;
}
