import { type FaultKind, UpstreamFault } from '../../../src/ports/fetch.ts';

/** Whether there was an answer when it broke. */
export type Phase = 'before_headers' | 'body';

const KINDS: Readonly<Record<string, FaultKind>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  EHOSTDOWN: 'refused',
  ENETUNREACH: 'refused',
  ENETDOWN: 'refused',
  EADDRNOTAVAIL: 'refused',
  ENOTFOUND: 'dns',
  UND_ERR_CONNECT_TIMEOUT: 'connect_timeout',
  UND_ERR_HEADERS_OVERFLOW: 'protocol',
  UND_ERR_INVALID_ARG: 'protocol',
  UND_ERR_NOT_SUPPORTED: 'protocol',
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: 'protocol',
  // The driver was closed.
  UND_ERR_CLOSED: 'aborted',
  UND_ERR_DESTROYED: 'aborted',
};

/** OpenSSL's verification errors (`X509_V_ERR_*` without the prefix) and those of node:tls. */
const TLS_CODE =
  /^(ERR_TLS|ERR_SSL|EPROTO$|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERROR_IN_C|HOSTNAME_MISMATCH|INVALID_(CA|PURPOSE)|PATH_LENGTH_)/;

/** What undici's or the system's error means for the port. `target` is the origin, for the log. */
export function toFault(error: unknown, phase: Phase, target: string): UpstreamFault {
  if (error instanceof UpstreamFault) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  const code = codeOf(cause);
  const message = `${target}: ${cause.message || code}`;
  const kind = kindOf(cause, code) ?? parserKind(cause, code, phase);
  return new UpstreamFault(kind ?? (phase === 'body' ? 'cut' : 'reset'), message, { cause });
}

export function abortedFault({ reason }: AbortSignal): UpstreamFault {
  return new UpstreamFault('aborted', 'the caller gave up', { cause: reason });
}

function kindOf(error: Error, code: string): FaultKind | null {
  const known = KINDS[code];
  if (known !== undefined) return known;
  if (error instanceof TypeError) return 'protocol';
  if (code.startsWith('EAI_')) return 'dns';
  if (TLS_CODE.test(code)) return 'tls';
  if (code === 'ETIMEDOUT' && 'syscall' in error && error.syscall === 'connect') return 'connect_timeout';
  // undici gives an unasked 100 or 101, and an answer nobody waits for, the code of a broken socket.
  if (code === 'UND_ERR_SOCKET' && error.message.startsWith('bad ')) return 'protocol';
  return null;
}

/** undici has no codes for what its parser found: the error is told by its class, the end of the data by its words. */
function parserKind(error: Error, code: string, phase: Phase): FaultKind | null {
  if (error.name === 'HTTPParserError') return /\bEOF\b/.test(error.message) ? null : 'protocol';
  // It says so of a short body, but also of headers whose lengths contradict each other.
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' && phase === 'before_headers') return 'protocol';
  return null;
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}
