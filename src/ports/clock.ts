/** Time, handed in so that tests own it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds that never go back, with sub-millisecond parts where the runtime has them. */
  monotonic(): number;
  /** Calls `fire` once after `ms`; the function returned cancels it. Never keeps a process alive. */
  after(ms: number, fire: () => void): () => void;
}
