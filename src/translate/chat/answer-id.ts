const KNOWN_PREFIX = /^(?:chatcmpl-|resp_|msg_|gen-)/;

/** The id of an answer in Chat's form, the same in every chunk; without a provider's id, that of the request. */
export function answerId(id: string, requestId: string): string {
  return `chatcmpl-${id.replace(KNOWN_PREFIX, '') || requestId}`;
}
