/**
 * SHA-256 of UTF-8 text as lower-case hex. A port because Node's synchronous hash is ten times cheaper
 * than WebCrypto, the only one at the edge.
 */
export type Sha256 = (text: string) => string | Promise<string>;
