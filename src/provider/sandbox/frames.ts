/** One event of a stream as it goes over the wire, blank line included. */
export interface Frame {
  readonly text: string;
  /** `delta`: a piece of the answer. `end`: nothing but the end of the answer follows. */
  readonly kind: 'structure' | 'delta' | 'end';
}

/** One answer in one dialect: whole, or as events. */
export interface Rendering {
  /** The JSON body of a call without `stream`. */
  body(): object;
  /** A whole stream, in order. */
  frames(): Iterable<Frame>;
  /** The dialect's error event, where the stream has come to. */
  errorFrame(): string;
}

/** The nameless event of Chat Completions. */
export function dataFrame(data: object | '[DONE]', kind: Frame['kind']): Frame {
  return { text: `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`, kind };
}

/** The named event of Messages and Responses: the name stands in `type` as well. */
export function namedFrame(type: string, data: object, kind: Frame['kind']): Frame {
  return { text: `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`, kind };
}
