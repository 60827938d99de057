import type { MediaSource } from '../hub/conversation.ts';

const DATA_URL = /^data:([^;,]*)(?:;[^;,]*)*;base64,/i;

/** Media as Chat writes it: a data URL or a URL of the web; null for anything else. */
export function readMediaUrl(url: string): MediaSource | null {
  const mediaType = DATA_URL.exec(url);
  if (mediaType !== null) {
    const data = url.slice(mediaType[0].length);
    return { kind: 'base64', mediaType: mediaType[1]?.toLowerCase() || 'application/octet-stream', data };
  }
  return /^https?:\/\//i.test(url) ? { kind: 'url', url } : null;
}

export function dataUrl({ mediaType, data }: Extract<MediaSource, { kind: 'base64' }>): string {
  return `data:${mediaType};base64,${data}`;
}
