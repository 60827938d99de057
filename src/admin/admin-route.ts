import type { Incoming } from '../domain/call.ts';

export interface AdminReply {
  readonly status: number;
  /** What the answer's JSON says. */
  readonly body: object;
}

/** Something that an operator may order. Called once it is known that it is the operator. */
export interface AdminRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With `:id` for a part that varies, which the order is given. */
  readonly path: string;
  /** @throws GatewayError */
  readonly act: (incoming: Incoming, id: string) => Promise<AdminReply>;
}

export const ok = (body: object): AdminReply => ({ status: 200, body });
