/** A URL that requests are sent to, or why it cannot be one. Messages never hold the URL: it may carry a password. */
export type CheckedUrl = { readonly url: string } | { readonly fault: string };

/** The URL without a slash at its end, so that paths can be added. */
export function checkBaseUrl(text: string): CheckedUrl {
  const url = parse(text);
  if (url === null) return { fault: 'must be a URL such as https://api.example.com/v1' };
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return { fault: 'must start with https:// or http://' };
  if (url.username !== '' || url.password !== '') {
    return { fault: 'must not carry a user name or password: set the key by itself' };
  }
  // `url.search` is empty for a bare `?`, which would still swallow the path added behind it.
  if (/[?#]/.test(text))
    return { fault: 'must not have a query (?) or a fragment (#): the path of each endpoint is added to it' };
  return { url: url.href.replace(/\/+$/, '') };
}

/** True when plain http to the host stays off the open internet, judged by its name or address alone. */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host.includes(':')) return isLoopbackHost(host) || /^(?:f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]):/.test(host);
  const octets = ipv4(host);
  if (octets !== null) return isPrivateIpv4(octets);
  return !host.includes('.') || PRIVATE_ZONES.test(host);
}

/** True for an address that only this machine can reach. */
export function isLoopbackHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (host === 'localhost' || host.endsWith('.localhost') || host === '::1') return true;
  const octets = ipv4(host.replace(/^::ffff:/, ''));
  return octets?.[0] === 127;
}

/** RFC 6761, RFC 6762, RFC 8375, and what clusters and clouds use inside. */
const PRIVATE_ZONES = /\.(?:localhost|local|internal|lan|test|home\.arpa|svc|cluster\.local)$/;

/** RFC 1918, RFC 3927 (link-local), RFC 6598 (shared address space) and loopback. */
function isPrivateIpv4([a = 0, b = 0]: readonly number[]): boolean {
  if (a === 10 || a === 127) return true;
  if (a === 172) return b >= 16 && b <= 31;
  if (a === 100) return b >= 64 && b <= 127;
  return (a === 192 && b === 168) || (a === 169 && b === 254);
}

function ipv4(host: string): number[] | null {
  const parts = host.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255))
    return null;
  return parts.map(Number);
}

function parse(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}
