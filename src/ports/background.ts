/** Work that goes on after the answer left. The runtime lives until it ends (`ctx.waitUntil`, the drain). */
export interface Background {
  /** Never throws; a rejection of `work` is logged by the driver. */
  waitUntil(work: Promise<unknown>): void;
}
