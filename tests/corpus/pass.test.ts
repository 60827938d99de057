import { createServer } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { describeWithCorpus, exchanges } from '../support/corpus.ts';
import { send } from '../support/http-client.ts';
import { listen } from '../support/ports.ts';
import { receive } from '../support/received.ts';
import { startReplayUpstream } from '../support/replay-upstream.ts';
import { passAll, runsOf } from './pass.ts';
import { asksForNoUsage, expectedAnswer, ROUTES } from './same-dialect.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const asIs = (text: string) => text;
const rewritten = (text: string) => JSON.stringify(JSON.parse(text));

/** A proxy that does to the bodies what it is told, in the place of the gateway. */
async function passage(toUpstream: (text: string) => string, toClient: (text: string) => string) {
  const upstream = await startReplayUpstream();
  const proxy = createServer(async (message, response) => {
    const { path, headers, body } = await receive(message);
    const forwarded = { 'user-agent': headers['user-agent'] ?? '' };
    const answer = await send(upstream.url + path, { headers: forwarded, body: toUpstream(body.toString()) });
    response.writeHead(answer.status, { 'content-type': answer.headers['content-type'] });
    response.end(toClient(await answer.text()));
  });
  const { url, close } = await listen(proxy);
  closing.push(close, upstream.close);
  return { gatewayUrl: url, key: 'k', upstream };
}

describeWithCorpus('the comparison', () => {
  const plain = exchanges().filter(
    (exchange) =>
      ROUTES[exchange.api] !== undefined &&
      !asksForNoUsage(exchange) &&
      expectedAnswer(exchange).kind === 'same',
  );
  const runs = runsOf(
    plain.filter(({ requestText }) => !requestText.includes('"model": "openai/')),
    'node',
  ).slice(-100);

  it('finds nothing where every byte passes', async () => {
    expect(await passAll(await passage(asIs, asIs), runs)).toEqual([]);
  });

  it.each([
    ['a request that was parsed and written again', rewritten, asIs, /body at the provider/],
    ['an answer that lost its last byte', asIs, (text: string) => text.slice(0, -1), /body at the client/],
  ])('finds %s', async (_, toUpstream, toClient, fault) => {
    const faults = await passAll(await passage(toUpstream, toClient), runs);
    expect(faults).toHaveLength(runs.length);
    for (const each of faults) expect(each).toMatch(fault);
  });
});
