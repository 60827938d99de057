import { describe, expect, it } from 'vitest';
import { createFakeClock, type FakeClock } from '../../../adapters/memory/clock.ts';
import type { JsonObject } from '../../domain/call.ts';
import type { Fetch } from '../../ports/fetch.ts';
import { createSandbox } from './index.ts';
import { jsonOfReply, requestTo, textOfReply } from './testing.ts';

function setUp(): { clock: FakeClock; sandbox: Fetch } {
  const clock = createFakeClock();
  return { clock, sandbox: createSandbox({ clock }) };
}

async function create(sandbox: Fetch, body: object): Promise<JsonObject> {
  return jsonOfReply(await sandbox(requestTo('/responses', { model: 'echo', input: 'hello', ...body })));
}

async function call(
  sandbox: Fetch,
  method: string,
  path: string,
): Promise<JsonObject & { status_code: number }> {
  const reply = await sandbox({ ...requestTo(path), method });
  return { ...(await jsonOfReply(reply)), status_code: reply.status };
}

describe('kept responses', () => {
  it('are found, whether they were streamed or not, until they are deleted', async () => {
    const { sandbox } = setUp();
    const { id } = await create(sandbox, {});
    expect(await call(sandbox, 'GET', `/responses/${id}`)).toMatchObject({ id, status: 'completed' });
    const stream = await sandbox(requestTo('/responses', { model: 'echo', input: 'x', stream: true }));
    const streamed = /resp_[\w-]+/.exec(await textOfReply(stream))?.[0];
    expect(await call(sandbox, 'GET', `/responses/${streamed}`)).toMatchObject({ status: 'completed' });
    const deleted = { id, object: 'response', deleted: true };
    expect(await call(sandbox, 'DELETE', `/responses/${id}`)).toMatchObject(deleted);
    expect(await call(sandbox, 'GET', `/responses/${id}`)).toMatchObject({ status_code: 404 });
    expect(await call(sandbox, 'DELETE', `/responses/${id}`)).toMatchObject({ status_code: 404 });
  });

  it('are not those with store: false, nor those that broke off', async () => {
    const { sandbox } = setUp();
    const { id } = await create(sandbox, { store: false });
    expect(await call(sandbox, 'GET', `/responses/${id}`)).toMatchObject({ status_code: 404 });
    const broken = await sandbox(
      requestTo('/responses', { model: 'fail-mid-error', input: 'x', stream: true }),
    );
    const brokenId = /resp_[\w-]+/.exec(await textOfReply(broken))?.[0];
    expect(await call(sandbox, 'GET', `/responses/${brokenId}`)).toMatchObject({ status_code: 404 });
  });

  it('are the last 200, and no more than a few megabytes', async () => {
    const { sandbox } = setUp();
    const first = await create(sandbox, {});
    for (let i = 0; i < 199; i++) await create(sandbox, {});
    expect(await call(sandbox, 'GET', `/responses/${first.id}`)).toMatchObject({ status_code: 200 });
    const last = await create(sandbox, {});
    expect(await call(sandbox, 'GET', `/responses/${first.id}`)).toMatchObject({ status_code: 404 });
    const huge = await create(sandbox, { input: 'x'.repeat(5_000_000) });
    expect(await call(sandbox, 'GET', `/responses/${huge.id}`)).toMatchObject({ status_code: 404 });
    expect(await call(sandbox, 'GET', `/responses/${last.id}`)).toMatchObject({ status_code: 200 });
  });

  it('may go on in another call', async () => {
    const { sandbox } = setUp();
    const { id } = await create(sandbox, {});
    const output = { type: 'function_call_output', call_id: 'c', output: 'sunny' };
    const next = await create(sandbox, { previous_response_id: id, input: [output] });
    expect(next).toMatchObject({ previous_response_id: id, status: 'completed' });
    expect(JSON.stringify(next.output)).toContain('The tool answered: sunny');
  });
});

describe('input items', () => {
  it('come newest first, in pages', async () => {
    const { sandbox } = setUp();
    const input = ['one', 'two', 'three'].map((content) => ({ role: 'user', content }));
    const { id } = await create(sandbox, { input });
    const page = await call(sandbox, 'GET', `/responses/${id}/input_items?limit=2`);
    expect(page).toMatchObject({ data: [{ content: 'three' }, { content: 'two' }], has_more: true });
    const rest = await call(sandbox, 'GET', `/responses/${id}/input_items?after=${page.last_id}`);
    expect(rest).toMatchObject({ data: [{ content: 'one' }], has_more: false });
    const up = await call(sandbox, 'GET', `/responses/${id}/input_items?order=asc&limit=1`);
    expect(up).toMatchObject({ data: [{ content: 'one' }] });
    expect(await call(sandbox, 'GET', `/responses/${id}/input_items?limit=0`)).toMatchObject({
      status_code: 400,
    });
  });
});

describe('a response in the background', () => {
  it('is queued, then in progress, then completed', async () => {
    const { clock, sandbox } = setUp();
    const queued = await create(sandbox, { model: 'slow-1000-100', background: true, input: 'one two' });
    expect(queued).toMatchObject({ status: 'queued', output: [] });
    await clock.advance(1099);
    expect(await call(sandbox, 'GET', `/responses/${queued.id}`)).toMatchObject({ status: 'in_progress' });
    await clock.advance(1);
    expect(await call(sandbox, 'GET', `/responses/${queued.id}`)).toMatchObject({ status: 'completed' });
    expect(await call(sandbox, 'POST', `/responses/${queued.id}/cancel`)).toMatchObject({
      status: 'completed',
    });
  });

  it('can be cancelled for good', async () => {
    const { clock, sandbox } = setUp();
    const { id } = await create(sandbox, { model: 'slow-1000-100', background: true });
    expect(await call(sandbox, 'POST', `/responses/${id}/cancel`)).toMatchObject({ status: 'cancelled' });
    await clock.advance(5000);
    expect(await call(sandbox, 'GET', `/responses/${id}`)).toMatchObject({ status: 'cancelled', output: [] });
    expect(await call(sandbox, 'POST', '/responses/resp_none/cancel')).toMatchObject({ status_code: 404 });
  });
});
