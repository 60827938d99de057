import { type FetchMedia, type Media, MediaFault, type MediaFaultKind } from '../../src/ports/media.ts';

/** Media without a network: what each URL gives, or the kind of fault it fails with. A URL that is not there is unreachable. */
export function createMemoryMedia(files: Readonly<Record<string, Media | MediaFaultKind>>): FetchMedia {
  return async (url, budget, signal) => {
    const found = Object.hasOwn(files, url) ? files[url] : undefined;
    if (signal.aborted) throw new MediaFault('aborted', 'the caller gave up');
    if (found === undefined) throw new MediaFault('unreachable', 'nothing is there');
    if (typeof found === 'string') throw new MediaFault(found, 'as it was told');
    const size = atob(found.base64).length;
    if (size > budget.left) throw new MediaFault('too_large', `more than ${budget.left} bytes`);
    budget.left -= size;
    return found;
  };
}
