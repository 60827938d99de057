/**
 * A failure that an operator wants to see, of the first target of a call: a reply of that status; no reply in time; a
 * connection that breaks before the reply, or in the middle of it.
 */
export type Rehearsal = number | 'timeout' | 'reset' | 'cut';
