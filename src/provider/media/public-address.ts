/**
 * True for an IP address, as text, that belongs to a host on the public internet. Everything else is false: other
 * networks, addresses with a special purpose, forms that only some parsers take (octal, zone ids), and what is no address.
 *
 * IPv4 is refused by list, IPv6 allowed by list: only global unicast, less its special parts.
 * https://www.iana.org/assignments/iana-ipv4-special-registry , https://www.iana.org/assignments/iana-ipv6-special-registry
 */
export function isPublicAddress(address: string): boolean {
  const v4 = parseIpv4(address);
  if (v4 !== null) return isPublicIpv4(v4);
  const v6 = parseIpv6(address);
  return v6 !== null && isPublicIpv6(v6);
}

type Network = readonly [address: string, bits: number];

const SPECIAL_IPV4: readonly Network[] = [
  ['0.0.0.0', 8], // "this network", RFC 791: on Linux it is the machine itself
  ['10.0.0.0', 8], // private, RFC 1918
  ['100.64.0.0', 10], // carrier-grade NAT, RFC 6598; Alibaba's metadata
  ['127.0.0.0', 8], // loopback
  ['168.63.129.16', 32], // public by its number, but Azure's own inside every virtual network
  ['169.254.0.0', 16], // link-local, RFC 3927; the metadata of most clouds
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments, RFC 6890; Oracle's metadata
  ['192.0.2.0', 24], // documentation, RFC 5737
  ['192.88.99.0', 24], // relays of 6to4, RFC 7526
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks, RFC 2544
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
];

const GLOBAL_UNICAST: Network = ['2000::', 3];

const SPECIAL_IPV6: readonly Network[] = [
  ['2001::', 23], // protocol assignments, among them Teredo, which hides an IPv4 address
  ['2001:db8::', 32], // documentation, RFC 3849
  ['2002::', 16], // 6to4, RFC 7526 (obsolete): it hides an IPv4 address
  ['3fff::', 20], // documentation, RFC 9637
];

/** What stands for the IPv4 address in its last 32 bits: mapped (RFC 4291), and NAT64 (RFC 6052), which IPv6-only hosts need. */
const EMBEDDING_IPV4: readonly Network[] = [
  ['::ffff:0:0', 96],
  ['64:ff9b::', 96],
];

function isPublicIpv4(octets: readonly number[]): boolean {
  return !SPECIAL_IPV4.some(([address, bits]) => sharesBits(octets, parseIpv4(address) ?? [], bits, 8));
}

function isPublicIpv6(groups: readonly number[]): boolean {
  const isIn = ([address, bits]: Network) => sharesBits(groups, parseIpv6(address) ?? [], bits, 16);
  if (EMBEDDING_IPV4.some(isIn))
    return isPublicIpv4(groups.slice(6).flatMap((group) => [group >> 8, group & 255]));
  return isIn(GLOBAL_UNICAST) && !SPECIAL_IPV6.some(isIn);
}

/** Whether two addresses begin with the same `bits`, each in units of `unitBits`. */
function sharesBits(a: readonly number[], b: readonly number[], bits: number, unitBits: number): boolean {
  return b.every((unit, i) => {
    const ignored = unitBits - Math.min(Math.max(bits - i * unitBits, 0), unitBits);
    return unit >> ignored === (a[i] ?? 0) >> ignored;
  });
}

/** Four decimal octets, without leading zeros, which some parsers read as octal. */
function parseIpv4(text: string): number[] | null {
  const parts = text.split('.');
  const octets = parts.map(Number);
  const fits =
    parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part)) && octets.every((octet) => octet <= 255);
  return parts.length === 4 && fits ? octets : null;
}

/** Eight groups of 16 bits (RFC 4291 section 2.2). */
function parseIpv6(text: string): number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [head, tail] = halves.map((half, i) => parseGroups(half, i === halves.length - 1));
  if (head === null || head === undefined || tail === null) return null;
  if (tail === undefined) return head.length === 8 ? head : null;
  const missing = 8 - head.length - tail.length;
  return missing > 0 ? [...head, ...new Array<number>(missing).fill(0), ...tail] : null;
}

/** Groups between colons; the last two may be written as an IPv4 address at the very end. */
function parseGroups(text: string, isEnd: boolean): number[] | null {
  if (text === '') return [];
  const parts = text.split(':');
  const groups: number[] = [];
  for (const [i, part] of parts.entries()) {
    const octets = isEnd && i === parts.length - 1 ? parseIpv4(part) : null;
    if (octets !== null) {
      const [a = 0, b = 0, c = 0, d = 0] = octets;
      groups.push((a << 8) | b, (c << 8) | d);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return null;
  }
  return groups;
}
