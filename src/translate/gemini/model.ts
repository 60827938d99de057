import type { Provider } from '../../domain/provider.ts';

/**
 * True for the third generation and later, which think in levels instead of budgets, want signatures on function calls and
 * take media in a function's response (https://ai.google.dev/gemini-api/docs/gemini-3). Names without a number
 * (`gemini-flash-latest`) are those of the newest models.
 */
export function isGemini3(model: string): boolean {
  const family = /(?:^|\/)gemini-(\d+)?/.exec(model);
  if (family === null) return false;
  return family[1] === undefined || Number(family[1]) >= 3;
}

/** Vertex AI speaks the same dialect, but has no ids of function calls. */
export function isVertex({ baseUrl }: Pick<Provider, 'baseUrl'>): boolean {
  return URL.canParse(baseUrl) && /(?:^|[.-])aiplatform\.googleapis\.com$/.test(new URL(baseUrl).hostname);
}
