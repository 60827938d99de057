import { describe, expect, it } from 'vitest';
import { createMemoryMedia } from '../../../adapters/memory/media.ts';
import type { GatewayError } from '../../errors/gateway-error.ts';
import { type FetchMedia, MediaFault, type MediaFaultKind } from '../../ports/media.ts';
import type { Conversation, DocumentPart, ImagePart, UserPart } from '../hub/conversation.ts';
import { inlineMedia } from './inline-media.ts';

const CAT = 'https://a.example/cat.png';
const PAPER = 'https://a.example/paper.pdf';
const NOTES = 'https://a.example/notes.txt';

const PNG = { mediaType: 'image/png', base64: 'UE5H' };
const PDF = { mediaType: 'application/pdf', base64: 'UERG' };
const TEXT = { mediaType: 'text/plain', base64: btoa('Gr\u00c3\u00bc\u00c3\u009fe') };

const never = new AbortController().signal;
const limits = { maxBytes: 1000, keep: () => false };

function image(url: string, at = 'messages[0].content[0]'): ImagePart {
  return { type: 'image', at, source: { kind: 'url', url } };
}

function document(url: string, at = 'messages[0].content[0]'): DocumentPart {
  return { type: 'document', at, title: 'A title', source: { kind: 'url', url } };
}

function said(...content: UserPart[]): Conversation {
  const messages = [{ role: 'user', at: 'messages[0]', content } as const];
  return { model: 'm', stream: false, messages, tools: [], others: {} };
}

/** Counts what is fetched, and how much at the same time. */
function counting(fetchMedia: FetchMedia) {
  const seen = { urls: [] as string[], most: 0 };
  let now = 0;
  const counted: FetchMedia = async (url, budget, signal) => {
    seen.urls.push(url);
    now += 1;
    seen.most = Math.max(seen.most, now);
    await Promise.resolve();
    return fetchMedia(url, budget, signal).finally(() => {
      now -= 1;
    });
  };
  return { seen, fetchMedia: counted };
}

async function refusalOf(work: Promise<unknown>): Promise<GatewayError> {
  return work.then(
    () => Promise.reject(new Error('it was not refused')),
    (error) => error,
  );
}

describe('inlineMedia', () => {
  const files = createMemoryMedia({ [CAT]: PNG, [PAPER]: PDF, [NOTES]: TEXT });

  it('puts the bytes of images and documents in the place of their URLs, wherever they are', async () => {
    const cat = image(CAT);
    const inner: DocumentPart = {
      type: 'document',
      at: 'd',
      source: { kind: 'content', parts: [{ type: 'text', at: 't', text: 'x' }, cat] },
    };
    const result = { type: 'tool_result', at: 'r', callId: 'c', isError: false, kind: 'function' } as const;
    const before: Conversation = {
      ...said(document(PAPER), document(NOTES), { ...result, content: [cat, inner] }),
      maxOutputTokens: 7,
    };
    const after = await inlineMedia(before, files, never, limits);
    const png = { ...cat, source: { kind: 'base64', mediaType: 'image/png', data: PNG.base64 } };
    expect(after.maxOutputTokens).toBe(7);
    expect(after.messages[0]?.content).toEqual([
      { ...document(PAPER), source: { kind: 'base64', mediaType: 'application/pdf', data: PDF.base64 } },
      { ...document(NOTES), source: { kind: 'text', text: 'Gr\u00fc\u00dfe' } },
      {
        ...result,
        content: [
          png,
          { ...inner, source: { kind: 'content', parts: [{ type: 'text', at: 't', text: 'x' }, png] } },
        ],
      },
    ]);
  });

  it('reads documents of the assistant too', async () => {
    const messages = [{ role: 'assistant', at: 'messages[0]', content: [document(PAPER)] } as const];
    const after = await inlineMedia({ ...said(), messages }, files, never, limits);
    expect(after.messages[0]?.content[0]).toMatchObject({ source: { kind: 'base64' } });
  });

  it('leaves alone what has no URL', async () => {
    const before = said(
      { type: 'text', at: 'a', text: CAT },
      { type: 'image', at: 'b', source: { kind: 'file', id: CAT } },
      { type: 'image', at: 'c', source: { kind: 'base64', mediaType: 'image/png', data: 'AA' } },
      { type: 'document', at: 'd', source: { kind: 'text', text: CAT } },
    );
    expect(await inlineMedia(before, files, never, limits)).toBe(before);
  });

  it('fetches each URL once and a few at a time', async () => {
    const urls = Array.from({ length: 20 }, (_, i) => `https://a.example/${i}`);
    const { seen, fetchMedia } = counting(
      createMemoryMedia(Object.fromEntries(urls.map((url) => [url, PNG]))),
    );
    await inlineMedia(said(...[...urls, ...urls].map((url) => image(url))), fetchMedia, never, limits);
    expect(seen.urls.toSorted()).toEqual(urls.toSorted());
    expect(seen.most).toBeGreaterThan(1);
    expect(seen.most).toBeLessThanOrEqual(4);
  });

  it('refuses too many files before it fetches the first', async () => {
    const { seen, fetchMedia } = counting(files);
    const images = Array.from({ length: 21 }, (_, i) => image(`https://a.example/${i}`, `part[${i}]`));
    const refused = await refusalOf(inlineMedia(said(...images), fetchMedia, never, limits));
    expect(refused).toMatchObject({ code: 'invalid_request', param: 'part[20]' });
    expect(seen.urls).toEqual([]);
  });

  it('holds all files together to one size', async () => {
    const both = said(image(CAT, 'first'), document(PAPER, 'second'));
    await inlineMedia(both, files, never, { ...limits, maxBytes: 6 });
    const refused = await refusalOf(inlineMedia(both, files, never, { ...limits, maxBytes: 5 }));
    expect(refused).toMatchObject({ code: 'invalid_request', param: 'second' });
    expect(refused.message).toContain('5 bytes');
  });

  it.each<MediaFaultKind>([
    'bad_url',
    'not_public',
    'unreachable',
    'redirect',
    'bad_status',
    'wrong_type',
    'too_large',
    'timeout',
  ])('names the part whose file fails with %s, and nothing of the fault', async (kind) => {
    const refused = await refusalOf(
      inlineMedia(said(image(CAT, 'here')), createMemoryMedia({ [CAT]: kind }), never, limits),
    );
    expect(refused).toMatchObject({ code: 'invalid_request', status: 400, param: 'here' });
    expect(refused.message).toContain('"here"');
    expect(refused.message).not.toContain('as it was told');
  });

  it('tells no difference between a host inside and none at all', async () => {
    const [inside, nowhere] = await Promise.all(
      (['not_public', 'unreachable'] as const).map((kind) =>
        refusalOf(inlineMedia(said(image(CAT)), createMemoryMedia({ [CAT]: kind }), never, limits)),
      ),
    );
    expect(inside?.message).toBe(nowhere?.message);
  });

  it('refuses an image that is a PDF, and a document that is an image', async () => {
    const asImage = await refusalOf(inlineMedia(said(image(PAPER, 'here')), files, never, limits));
    expect(asImage).toMatchObject({ code: 'invalid_request', param: 'here' });
    expect(asImage.message).toContain('application/pdf');
    const asDocument = await refusalOf(inlineMedia(said(document(CAT, 'here')), files, never, limits));
    expect(asDocument).toMatchObject({ code: 'invalid_request', param: 'here' });
  });

  it('stops the other fetches when one fails', async () => {
    const stopped: string[] = [];
    const fetchMedia: FetchMedia = (url, _, signal) => {
      if (url === CAT) return Promise.reject(new MediaFault('redirect', 'x'));
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          stopped.push(url);
          reject(new MediaFault('aborted', 'x'));
        });
      });
    };
    const refused = await refusalOf(
      inlineMedia(said(document(PAPER, 'slow'), image(CAT, 'here')), fetchMedia, never, limits),
    );
    expect(refused.param).toBe('here');
    expect(stopped).toEqual([PAPER]);
  });

  it('passes on that the caller has gone, and anything that is no fault of a file', async () => {
    const aborted = inlineMedia(said(image(CAT)), files, AbortSignal.abort(), limits);
    await expect(aborted).rejects.toMatchObject({ kind: 'aborted' });
    const defect = new TypeError('a defect');
    const broken = inlineMedia(said(image(CAT)), () => Promise.reject(defect), never, limits);
    await expect(broken).rejects.toBe(defect);
  });
});
