import type { JsonObject } from '../../domain/call.ts';
import type { Behaviour } from './behaviour.ts';
import type { Rendering } from './frames.ts';
import type { SandboxIds } from './ids.ts';

export interface JobContext {
  readonly model: string;
  readonly behaviour: Behaviour;
  readonly ids: SandboxIds;
}

/** An answer that is ready to be given, at once or over time. */
export interface Job {
  readonly rendering: Rendering;
  /** How many deltas its stream has: what the pace of the model counts. */
  readonly deltas: number;
  /** Body to answer with now, while the model goes on; null: the client waits. */
  readonly acknowledgement: object | null;
}

/** @throws ApiError 400 when the body is not of the dialect. */
export type PrepareJob = (body: JsonObject, context: JobContext) => Job;
