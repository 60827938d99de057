/**
 * Ids for a client of Responses. They follow from the provider's id and the place in the output, so that the stream and the
 * whole answer, and a replay of either, tell the same.
 */
export function responseId(providerId: string, requestId: string): string {
  return `resp_${bare(providerId) || bare(requestId)}`;
}

/** `index`: place in the output. */
export function itemId(prefix: 'msg' | 'rs' | 'fc' | 'ctc' | 'ws', response: string, index: number): string {
  return `${prefix}_${bare(response)}_${index}`;
}

function bare(id: string): string {
  return id.replace(/^(chatcmpl-|resp_|msg_|gen-|req_)/, '');
}
