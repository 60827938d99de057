/** What a process tells the others of a target. */
export interface HealthMark {
  /** `provider/model`. */
  readonly target: string;
  readonly state: 'open' | 'limited';
  /** Milliseconds since the epoch at which the mark lapses. */
  readonly until: number;
}

/** Provider health shared between processes; marks lapse by themselves. */
export interface HealthStore {
  mark(mark: HealthMark): Promise<void>;
  clear(target: string): Promise<void>;
  marks(): Promise<readonly HealthMark[]>;
}
