/** Provider credentials that an operator set at run time. Values never appear in errors or logs. */
export interface Secrets {
  get(name: string): Promise<string | null>;
  put(name: string, value: string): Promise<void>;
  delete(name: string): Promise<void>;
}
