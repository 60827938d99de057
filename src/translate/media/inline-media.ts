import { GatewayError } from '../../errors/gateway-error.ts';
import {
  type ByteBudget,
  type FetchMedia,
  type Media,
  MediaFault,
  type MediaFaultKind,
} from '../../ports/media.ts';
import type {
  Conversation,
  DocumentPart,
  ImagePart,
  MediaSource,
  Message,
  Part,
} from '../hub/conversation.ts';
import { withInner } from '../hub/parts.ts';

export interface InlineLimits {
  /** Of all files together. */
  readonly maxBytes: number;
  /** True for a URL that the provider takes as it is. */
  readonly keep: (url: string) => boolean;
}

/** Distinct URLs in one call. */
const MAX_FILES = 20;
const AT_ONCE = 4;

/** Where a file is asked for first, to name it when it fails. */
interface Wanted {
  readonly url: string;
  readonly at: string;
  readonly type: 'image' | 'document';
}

type Files = ReadonlyMap<string, Media>;

/**
 * The conversation with the bytes of every image and document that it gives the URL of, for providers that take none.
 * A URL that comes twice is fetched once. Plain text becomes the text of its document. Nothing to fetch: the same object.
 *
 * @throws GatewayError `invalid_request` whose `param` is the part, for the first file that cannot be had; the other
 *   fetches stop.
 * @throws MediaFault `aborted` when the signal fires.
 */
export async function inlineMedia(
  conversation: Conversation,
  fetchMedia: FetchMedia,
  signal: AbortSignal,
  { maxBytes, keep }: InlineLimits,
): Promise<Conversation> {
  const wanted = findUrls(conversation).filter(({ url }) => !keep(url));
  if (wanted.length === 0) return conversation;
  refuseMoreThan(MAX_FILES, wanted);
  const files = await fetchAll(wanted, fetchMedia, maxBytes, signal);
  return { ...conversation, messages: conversation.messages.map((message) => inMessage(message, files)) };
}

function findUrls({ messages }: Conversation): Wanted[] {
  const found = new Map<string, Wanted>();
  for (const part of messages.flatMap(({ content }) => content.flatMap(withInner))) {
    if (part.type !== 'image' && part.type !== 'document') continue;
    const { source, at, type } = part;
    if (source.kind === 'url' && !found.has(source.url)) found.set(source.url, { url: source.url, at, type });
  }
  return [...found.values()];
}

function refuseMoreThan(most: number, wanted: readonly Wanted[]): void {
  const over = wanted[most];
  if (over === undefined) return;
  throw new GatewayError(
    'invalid_request',
    `A request may refer to ${most} files by URL, and this one refers to ${wanted.length}: send the others as base64.`,
    { param: over.at },
  );
}

async function fetchAll(
  wanted: readonly Wanted[],
  fetchMedia: FetchMedia,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Files> {
  const files = new Map<string, Media>();
  const budget: ByteBudget = { left: maxBytes };
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const queue = wanted.values();
  const work = async () => {
    for (const one of queue) {
      const media = await fetchMedia(one.url, budget, stop).catch((fault) => {
        throw signal.aborted ? fault : refusal(one, fault, maxBytes);
      });
      files.set(one.url, media);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, wanted.length) }, work));
    return files;
  } finally {
    failed.abort();
  }
}

/** Whether a host is inside or does not exist is none of the client's business: it is told the same of both. */
const NOWHERE = 'its URL leads to no server on the public internet that answers';

const REASONS: Readonly<Record<MediaFaultKind, string>> = {
  bad_url: 'its URL has to be http or https, on the usual port, without a user name or a password',
  not_public: NOWHERE,
  unreachable: NOWHERE,
  redirect: 'its URL redirects, which is not followed: give the final one',
  bad_status: 'the server did not answer its URL with 200',
  wrong_type: 'it is not served as an image, a PDF or plain text',
  too_large: 'it is too large',
  timeout: 'its server takes too long',
  aborted: 'it was stopped',
};

function refusal({ type, at }: Wanted, fault: unknown, maxBytes: number): unknown {
  if (!(fault instanceof MediaFault)) return fault;
  const limit = fault.kind === 'too_large' ? ` (all files by URL together may have ${maxBytes} bytes)` : '';
  return new GatewayError(
    'invalid_request',
    `The ${type} "${at}" could not be fetched: ${REASONS[fault.kind]}${limit}. Or send it as base64.`,
    { param: at, cause: fault },
  );
}

function inMessage(message: Message, files: Files): Message {
  switch (message.role) {
    case 'system':
      return message;
    case 'user':
      return { ...message, content: message.content.map((part) => inPart(part, files)) };
    case 'assistant':
      return { ...message, content: message.content.map((part) => inPart(part, files)) };
  }
}

function inPart<P extends Part>(part: P, files: Files): P;
function inPart(part: Part, files: Files): Part {
  switch (part.type) {
    case 'image':
      return inImage(part, files);
    case 'document':
      return inDocument(part, files);
    case 'tool_result':
      return { ...part, content: part.content.map((inner) => inPart(inner, files)) };
    default:
      return part;
  }
}

function inImage(part: ImagePart, files: Files): ImagePart {
  const media = mediaOf(part.source, files);
  if (media === null) return part;
  if (!media.mediaType.startsWith('image/')) throw wrongKind(part, media, 'an image');
  return { ...part, source: { kind: 'base64', mediaType: media.mediaType, data: media.base64 } };
}

function inDocument(part: DocumentPart, files: Files): DocumentPart {
  const { source } = part;
  if (source.kind === 'content')
    return { ...part, source: { kind: 'content', parts: source.parts.map((inner) => inPart(inner, files)) } };
  if (source.kind === 'text') return part;
  const media = mediaOf(source, files);
  if (media === null) return part;
  if (media.mediaType === 'text/plain')
    return { ...part, source: { kind: 'text', text: decodeText(media.base64) } };
  if (media.mediaType !== 'application/pdf') throw wrongKind(part, media, 'a PDF or plain text');
  return { ...part, source: { kind: 'base64', mediaType: media.mediaType, data: media.base64 } };
}

function mediaOf(source: MediaSource, files: Files): Media | null {
  return source.kind === 'url' ? (files.get(source.url) ?? null) : null;
}

function wrongKind(
  { type, at }: ImagePart | DocumentPart,
  { mediaType }: Media,
  wanted: string,
): GatewayError {
  return new GatewayError(
    'invalid_request',
    `The ${type} "${at}" has to be ${wanted}, and its URL gives ${mediaType}.`,
    {
      param: at,
    },
  );
}

function decodeText(base64: string): string {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i += 1) bytes[i] = binary.charCodeAt(i);
  return new TextDecoder().decode(bytes);
}
