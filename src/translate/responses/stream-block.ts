import type { Citation, ReasoningSeal } from '../hub/conversation.ts';

/** A block while it is written. Each method answers the events that it makes. */
export interface BlockWriter {
  begin(): string;
  delta(text: string): string;
  citation(citation: Citation): string;
  seal(seal: ReasoningSeal): void;
  end(): string;
}

/** What most blocks have nothing to say to. */
export abstract class Block implements BlockWriter {
  abstract begin(): string;
  abstract delta(text: string): string;
  abstract end(): string;

  citation(_citation: Citation): string {
    return '';
  }

  seal(_seal: ReasoningSeal): void {}
}
