import { GatewayError } from '../../errors/gateway-error.ts';
import type { Setting } from './conversation.ts';

/**
 * What a target cannot express. `unsupported` changes the answer: the call is refused, unless the operator allows drops.
 * `omitted` does not, or not in a way that a client could hold the answer to (a hint, a name for the books, another
 * provider's sealed reasoning): it is left out and named in `x-llm-edge-dropped`.
 */
export interface Losses {
  unsupported(field: string, why: string): void;
  omitted(field: string): void;
  /** Names a setting in the client's own words. */
  nameOf(setting: Setting): string;
}

export interface Loss {
  readonly field: string;
  readonly why: string;
}

export class LossList implements Losses {
  readonly unsupportedFields: Loss[] = [];
  readonly omittedFields: string[] = [];
  readonly #fieldNames: Readonly<Partial<Record<Setting, string>>>;

  constructor(fieldNames: Readonly<Partial<Record<Setting, string>>>) {
    this.#fieldNames = fieldNames;
  }

  unsupported(field: string, why: string): void {
    this.unsupportedFields.push({ field, why });
  }

  omitted(field: string): void {
    this.omittedFields.push(field);
  }

  nameOf(setting: Setting): string {
    return this.#fieldNames[setting] ?? setting;
  }
}

/**
 * The fields that were left out, for `x-llm-edge-dropped`.
 * @throws GatewayError `invalid_request` naming every field at once, when something is unsupported and drops are not allowed.
 */
export function settleLosses(
  { unsupportedFields, omittedFields }: LossList,
  target: { readonly provider: string; readonly model: string },
  dropUnsupported: boolean,
): readonly string[] {
  const [first] = unsupportedFields;
  if (first !== undefined && !dropUnsupported) {
    const list = unsupportedFields.map(({ field, why }) => `"${field}" (${why})`).join(', ');
    throw new GatewayError(
      'invalid_request',
      `The model "${target.model}" of "${target.provider}" cannot be asked for ${list}: leave it out, choose another model, or let the operator set DROP_UNSUPPORTED.`,
      { param: first.field },
    );
  }
  return [...new Set([...unsupportedFields.map(({ field }) => field), ...omittedFields])];
}
