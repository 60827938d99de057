import { MediaFault } from '../../ports/media.ts';

/** The usual ports of http and https. Others lead to databases and admin pages sooner than to pictures. */
export const WEB_PORTS: readonly number[] = [80, 443];

/**
 * The URL, if a client may have it fetched as far as it can be judged without looking its host up.
 * @throws MediaFault `bad_url`
 */
export function checkMediaUrl(text: string, ports: readonly number[] = WEB_PORTS): URL {
  const url = URL.parse(text);
  if (url === null) throw new MediaFault('bad_url', 'not a URL');
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new MediaFault('bad_url', `not http or https but ${url.protocol}`);
  if (url.username !== '' || url.password !== '')
    throw new MediaFault('bad_url', `${url.hostname}: the URL has a user name or a password`);
  if (!ports.includes(portOf(url))) throw new MediaFault('bad_url', `${url.host}: not a port of the web`);
  return url;
}

/** The host without the brackets of an IPv6 address and the dot that ends a full name. The URL parser made decimal, octal and hex forms of IPv4 the usual one. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$|\.$/g, '');
}

/** Whether a host, as `hostOf` gives it, is an address and no name. */
export function isAddress(host: string): boolean {
  return host.includes(':') || /^[\d.]+$/.test(host);
}

function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'https:' ? 443 : 80;
}
