import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../domain/call.ts';
import { storedIdsIn, storedIdsInPath, storedIdsInText } from './stored-ids.ts';

const FILE = 'file-AbCdEfGhIjKlMnOpQrStUvWx';

describe('stored ids', () => {
  it.each<[JsonValue, string[]]>([
    [{ previous_response_id: 'resp_0001abcd' }, ['resp_0001abcd']],
    [{ conversation: { id: 'conv_123456' } }, ['conv_123456']],
    [{ conversation: 'conv_123456' }, ['conv_123456']],
    [{ tools: [{ type: 'file_search', vector_store_ids: ['vs_abcdef'] }] }, ['vs_abcdef']],
    [{ input: [{ content: [{ type: 'input_file', file_id: FILE }] }] }, [FILE]],
    [{ tools: [{ container: { file_ids: [FILE] } }] }, [FILE]],
    [{ thread: { type: 'continue', previous_message_id: 'msg_0123456789' } }, ['msg_0123456789']],
    [{ training_file: FILE, something_new: FILE }, [FILE, FILE]],
    [
      { source: { type: 'file', file_id: 'file_011CNha8iCJcU1wXNR6q4V8w' } },
      ['file_011CNha8iCJcU1wXNR6q4V8w'],
    ],
  ])('are found where something refers to them: %j', (body, ids) => {
    expect(storedIdsIn(body)).toEqual(ids);
  });

  it.each<[JsonValue]>([
    [{ tools: [{ type: 'file_search' }, { name: 'run_command' }] }],
    [
      {
        properties: { run_in_background: { type: 'boolean' }, file_contents: {} },
        required: ['file_contents'],
      },
    ],
    [
      {
        messages: [
          { role: 'user', content: 'step-by-step' },
          { role: 'user', content: FILE },
        ],
      },
    ],
    [{ tool_call_id: 'call_abcdefgh', id: 'msg_0123456789' }],
  ])('are not seen where nothing does: %j', (body) => {
    expect(storedIdsIn(body)).toEqual([]);
  });

  it('are looked for at any depth', () => {
    const deep = `${'['.repeat(100_000)}{"file_id":"${FILE}"}${']'.repeat(100_000)}`;
    expect(storedIdsIn(JSON.parse(deep) as JsonValue)).toEqual([FILE]);
  });

  it('are found in forms, files of requests and paths', () => {
    expect(storedIdsInText(`name="file_id"\r\n\r\n${FILE}\r\n--x`)).toEqual([FILE]);
    expect(storedIdsInPath(`files/${FILE}/content`)).toEqual([FILE]);
  });
});
