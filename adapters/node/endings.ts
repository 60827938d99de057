import type { Logger } from '../../src/ports/logger.ts';

/** After SIGTERM the port stays open at least this long, so that load balancers see the readiness fall first. */
const LINGER_MS = 2_000;
/** What a shell reports for a process that SIGINT ended. */
const EXIT_SIGINT = 130;

export interface EndingOptions {
  readonly logger: Logger;
  /** Resolves when the process may end. */
  readonly drain: (lingerMs: number) => Promise<void>;
}

/** Ends the process: drains once, whoever asks and how often, then exits. */
export type End = (lingerMs: number, exitCode: number) => Promise<void>;

/**
 * The ways in which the process that was started ends. SIGTERM drains after a linger; SIGINT, from a person at a
 * terminal, drains at once, and a second one does not wait. A defect that nobody caught leaves the process in an unknown
 * state: it is logged, calls under way may finish, and then the process ends with 1.
 */
export function endWhenTold({ logger, drain }: EndingOptions): void {
  const end = createEnd({ logger, drain });
  let interrupted = false;
  process.on('SIGTERM', () => void end(LINGER_MS, 0));
  process.on('SIGINT', () => {
    if (interrupted) process.exit(EXIT_SIGINT);
    interrupted = true;
    void end(0, 0);
  });
}

/**
 * The ways in which a worker ends. A terminal sends SIGINT and SIGHUP to all processes, and systemd SIGTERM: the first two are left
 * to the primary, which tells its workers what to do.
 *
 * @returns what the primary's order calls.
 */
export function endWorkerWhenTold(options: EndingOptions): End {
  const end = createEnd(options);
  process.on('SIGTERM', () => void end(LINGER_MS, 0));
  process.on('SIGINT', () => {});
  process.on('SIGHUP', () => {});
  return end;
}

function createEnd({ logger, drain }: EndingOptions): End {
  let ending = false;
  const end: End = async (lingerMs, exitCode) => {
    if (ending) return;
    ending = true;
    await drain(lingerMs).catch((error: unknown) => logger.log('error', 'drain failed', describe(error)));
    process.exit(exitCode);
  };
  const onDefect = (kind: string) => (error: unknown) => {
    logger.log('error', kind, describe(error));
    void end(0, 1);
  };
  process.on('uncaughtException', onDefect('uncaught exception'));
  process.on('unhandledRejection', onDefect('unhandled rejection'));
  return end;
}

function describe(error: unknown): { error: string; stack?: string | undefined } {
  if (!(error instanceof Error)) return { error: typeof error };
  return { error: error.message, stack: error.stack };
}
