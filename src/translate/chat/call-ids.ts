import type { ChatTraits } from '../../domain/provider.ts';
import { allowed } from '../hub/tool-names.ts';

/** The id of a call as its target takes it: the same for the call and for its result. */
export function callId(id: string, { callIds }: ChatTraits): string {
  if (callIds === undefined) return id;
  const { length, exact } = callIds;
  if (!exact) return allowed(id, { forbidden: NOT_PRINTABLE, maxLength: length });
  const short = allowed(id, { forbidden: NOT_ALPHANUMERIC, maxLength: length });
  return short.replaceAll('_', '0').padEnd(length, '0').slice(0, length);
}

const NOT_PRINTABLE = /[^\x21-\x7e]/g;
const NOT_ALPHANUMERIC = /[^A-Za-z0-9]/g;
