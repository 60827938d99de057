/**
 * Credentials that an operator set at run time, sealed: whoever reads the store cannot read them. Values never appear in
 * errors or logs. Drivers of remote stores reject with a `StoreFault`, at the latest when their deadline is over.
 */
export interface Secrets {
  get(name: string): Promise<string | null>;
  put(name: string, value: string): Promise<void>;
  /** False: what is there is not `before`, and nothing happened. */
  replace(name: string, before: string, after: string): Promise<boolean>;
  delete(name: string): Promise<void>;
  /** Of all that is there, in no order. */
  names(): Promise<readonly string[]>;
}
