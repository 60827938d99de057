import type { Incoming } from '../domain/call.ts';
import type { Rehearsal } from '../domain/rehearsal.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { Sha256 } from '../ports/hash.ts';
import { credentialOf } from './credentials.ts';

const HEADER = 'x-llm-edge-mock-failure';
/** Beside the key that the call is made with, which has a tenant and a budget, as the admin key has none. */
const ADMIN_HEADER = 'x-llm-edge-admin-key';
const FAULTS = ['timeout', 'reset', 'cut'] as const;

/** The failure that a call asks for; null: none. @throws GatewayError `permission_denied`, `invalid_request` */
export type Rehearse = (incoming: Incoming) => Promise<Rehearsal | null>;

export function createRehearse(adminKey: string | null, sha256: Sha256): Rehearse {
  return async function rehearse(incoming) {
    const asked = incoming.headers.get(HEADER);
    if (asked === null) return null;
    const key = incoming.headers.get(ADMIN_HEADER) ?? credentialOf(incoming) ?? '';
    // By hash, so that the time it takes tells nothing.
    if (adminKey === null || (await sha256(key)) !== (await sha256(adminKey))) {
      throw new GatewayError(
        'permission_denied',
        `Only the operator may ask for a failure (${HEADER}): send the admin key as "${ADMIN_HEADER}".`,
      );
    }
    return readRehearsal(asked.trim());
  };
}

function readRehearsal(text: string): Rehearsal {
  const fault = FAULTS.find((name) => name === text);
  if (fault !== undefined) return fault;
  if (/^[45]\d\d$/.test(text)) return Number(text);
  throw new GatewayError(
    'invalid_request',
    `The header ${HEADER} has to be a status from 400 to 599 or one of ${FAULTS.join(', ')}.`,
  );
}
