import type { CallLife } from '../call-life.ts';

/** One client's place among those who share a call: it is given up when the client leaves or its time is over. */
export class Seat {
  readonly #life: CallLife;
  readonly #controller = new AbortController();

  constructor(life: CallLife) {
    life.scope.check();
    this.#life = life;
    const { scope } = life;
    scope.signal.addEventListener('abort', () => this.#controller.abort(scope.signal.reason), { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The call that this client began goes on without it, for as long as `all` wants it. */
  lead(all: AbortSignal): void {
    const client = this.#life.record.incoming.signal;
    const leave = () => this.#controller.abort(client.reason);
    if (client.aborted) leave();
    else client.addEventListener('abort', leave, { once: true });
    this.#life.scope.follow(all);
  }
}
