import type { Call, JsonObject, JsonValue } from '../../domain/call.ts';
import type { Target } from '../../domain/provider.ts';
import { asObject } from '../../json.ts';
import { isConversation } from '../dialects.ts';
import { traitsOf } from '../messages/models.ts';
import { canReshape } from '../reshape.ts';

const encoder = new TextEncoder();

/** For models that begin a new turn after one of their own. */
const GO_ON =
  'Your last answer was cut off by the network. Go on with it from the very next character: repeat nothing, add no remark, and do not begin anew.';

/**
 * Whether another target could go on with an answer: it is one text, of a conversation that is all in the call. JSON that a
 * schema holds together would be begun anew, and what one provider keeps no other has.
 */
export function canBeContinued({ endpoint, stream, body: { json } }: Call): boolean {
  if (!stream || !isConversation(endpoint) || !canReshape(json)) return false;
  const format = asObject(json.text)?.format ?? asObject(json.output_config)?.format ?? json.response_format;
  const isText = format === undefined || format === null || asObject(format)?.type === 'text';
  const isAlone = [json.previous_response_id, json.conversation, json.prompt].every(
    (value) => value === undefined || value === null,
  );
  return isText && isAlone && json.background !== true;
}

/** The call that asks a target to go on with `text`, in the client's own dialect. */
export function continuedCall(call: Call, text: string, target: Target): Call {
  const { json } = call.body;
  const isPrefilled = prefills(target, json);
  const more = isPrefilled
    ? [assistant(call, text.trimEnd(), target)]
    : [assistant(call, text, target), user(call)];
  const field = call.endpoint === 'responses' ? 'input' : 'messages';
  const changed: JsonObject = { ...json, [field]: [...itemsOf(json[field]), ...more] };
  const body = JSON.stringify(changed);
  return { ...call, body: { json: changed, text: body, bytes: encoder.encode(body) } };
}

/** True: the target goes on with a last turn of the assistant's, whose end may be no space. */
export function prefills({ provider, model }: Target, body: JsonObject): boolean {
  if (provider.paths.messages !== undefined) {
    return traitsOf(model).prefill && body.thinking === undefined && body.reasoning === undefined;
  }
  return provider.chat?.prefix === true;
}

function itemsOf(value: JsonValue | undefined): JsonValue[] {
  if (Array.isArray(value)) return value;
  return [{ role: 'user', content: value ?? '' }];
}

function assistant({ endpoint }: Call, text: string, { provider }: Target): JsonObject {
  if (endpoint === 'responses') {
    return { type: 'message', role: 'assistant', content: [{ type: 'output_text', text, annotations: [] }] };
  }
  const isMarked = endpoint === 'chat' && provider.paths.chat !== undefined && provider.chat?.prefix === true;
  return { role: 'assistant', content: text, ...(isMarked ? { prefix: true } : {}) };
}

function user({ endpoint }: Call): JsonObject {
  const message = { role: 'user', content: GO_ON };
  return endpoint === 'responses' ? { type: 'message', ...message } : message;
}
