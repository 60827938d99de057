import type * as z from 'zod';
import type { Incoming, JsonObject } from '../domain/call.ts';
import { readJsonObject } from '../edge/read-call.ts';
import { GatewayError } from '../errors/gateway-error.ts';

/** The JSON body of an order; an empty body is an empty object. @throws GatewayError `invalid_json`, `invalid_request` */
export async function readBodyAs<T extends z.ZodType>(incoming: Incoming, schema: T): Promise<z.output<T>> {
  const bytes = await incoming.readBody();
  return readAs(bytes.length === 0 ? {} : readJsonObject(bytes), schema);
}

/** The query of an order; a name that is there twice counts as the last says. @throws GatewayError `invalid_request` */
export function readQueryAs<T extends z.ZodType>({ query }: Incoming, schema: T): z.output<T> {
  return readAs(Object.fromEntries(new URLSearchParams(query)), schema);
}

/** @throws GatewayError `invalid_request` that names every fault. */
function readAs<T extends z.ZodType>(value: JsonObject, schema: T): z.output<T> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const faults = read.error.issues.flatMap(faultsOf);
  throw new GatewayError('invalid_request', `${faults.map(({ text }) => text).join('; ')}.`, {
    param: faults[0]?.path ?? '',
  });
}

function faultsOf(issue: z.core.$ZodIssue): { readonly path: string; readonly text: string }[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const path = [...issue.path, key].map(String).join('.').slice(0, 100);
      return { path, text: `${path} is not known here` };
    });
  }
  const path = issue.path.map(String).join('.');
  return [{ path, text: `${path} ${issue.message}` }];
}
