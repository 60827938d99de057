import { describe, expect, it } from 'vitest';
import type { DocumentPart, ImagePart, UserPart } from '../hub/conversation.ts';
import { user, write } from './testing.ts';

const image = (source: ImagePart['source'], detail?: string): ImagePart => ({
  type: 'image',
  source,
  at: 'messages[0].content[0]',
  ...(detail === undefined ? {} : { detail }),
});
const document = (fields: Partial<DocumentPart> & Pick<DocumentPart, 'source'>): DocumentPart => ({
  type: 'document',
  at: 'messages[0].content[0]',
  ...fields,
});
const PDF = { kind: 'base64', mediaType: 'application/pdf', data: 'UERG' } as const;
const PDF_PART = { inlineData: { mimeType: 'application/pdf', data: 'UERG' } };

function partsOf(part: UserPart) {
  const { body, ...lost } = write({ messages: [user(part)] });
  const [content] = body.contents as { parts: unknown[] }[];
  return { parts: content?.parts ?? [], ...lost };
}

describe('case 32: images', () => {
  it('as bytes', () => {
    const { parts } = partsOf(image({ kind: 'base64', mediaType: 'image/png', data: 'aGk=' }));
    expect(parts).toEqual([{ inlineData: { mimeType: 'image/png', data: 'aGk=' } }]);
  });

  it.each([
    ['gs://bucket/cat.png', { fileUri: 'gs://bucket/cat.png', mimeType: 'image/png' }],
    [
      'https://generativelanguage.googleapis.com/v1beta/files/abc',
      { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/abc' },
    ],
  ])('that Google has already go by their name: %s', (url, fileData) => {
    expect(partsOf(image({ kind: 'url', url })).parts).toEqual([{ fileData }]);
    expect(partsOf(image({ kind: 'file', id: url })).parts).toEqual([{ fileData }]);
  });

  it.each([
    'https://example.com/cat.png',
    'https://generativelanguage.googleapis.com.evil.example/v1beta/files/abc',
    'https://evil.example/gs://x',
  ])('of the web cannot be sent by their URL: %s', (url) => {
    const { parts, unsupported } = partsOf(image({ kind: 'url', url }));
    expect(parts).toEqual([]);
    expect(unsupported['messages[0].content[0]']).toContain('base64');
  });

  it('of another provider’s file store are not there', () => {
    const { unsupported } = partsOf(image({ kind: 'file', id: 'file-abc' }));
    expect(unsupported['messages[0].content[0]']).toContain('provider that gave it out');
  });

  it('lose their detail, and say so', () => {
    const png = { kind: 'base64', mediaType: 'image/png', data: 'aGk=' } as const;
    expect(partsOf(image(png, 'high')).omitted).toEqual(['messages[0].content[0].detail']);
    expect(partsOf(image(png, 'auto')).omitted).toEqual([]);
  });
});

describe('case 33: documents', () => {
  it('as bytes, with their context before them', () => {
    const { parts, omitted } = partsOf(document({ source: PDF, title: 'Report', context: 'Of 2026.' }));
    expect(parts).toEqual([{ text: 'Of 2026.' }, PDF_PART]);
    expect(omitted).toEqual(['messages[0].content[0].title']);
  });

  it('as text, with title and context', () => {
    const { parts } = partsOf(document({ source: { kind: 'text', text: 'Body' }, title: 'Report' }));
    expect(parts).toEqual([{ text: 'Report\n\nBody' }]);
  });

  it('of several parts', () => {
    const source: DocumentPart['source'] = {
      kind: 'content',
      parts: [
        { type: 'text', text: 'Page', at: '' },
        { type: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'aGk=' }, at: '' },
      ],
    };
    expect(partsOf(document({ source, title: 'Report' })).parts).toEqual([
      { text: 'Report' },
      { text: 'Page' },
      { inlineData: { mimeType: 'image/png', data: 'aGk=' } },
    ]);
  });

  it('case 35: cannot be cited', () => {
    const { parts, unsupported } = partsOf(document({ source: PDF, citations: true }));
    expect(parts).toEqual([PDF_PART]);
    expect(unsupported).toEqual({ 'messages[0].content[0].citations': 'it cannot cite documents' });
  });
});

it('case 34: sound is sent as it is', () => {
  const { parts } = partsOf({ type: 'audio', format: 'wav', data: 'UklGRg==', at: '' });
  expect(parts).toEqual([{ inlineData: { mimeType: 'audio/wav', data: 'UklGRg==' } }]);
});
