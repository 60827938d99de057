import type { JsonObject } from '../domain/call.ts';
import type { RouteCache, RouteTarget } from '../domain/plan.ts';
import type { Provider } from '../domain/provider.ts';
import { readAliases } from './aliases.ts';
import type { ConfiguredRoute, RouteTable } from './config.ts';
import { type Findings, formatPath, type Path } from './faults.ts';
import { nearest } from './nearest.ts';
import type { RouteEntry, RouteTargetEntry } from './route-section.ts';
import type { Settings } from './schema.ts';

/** What targets may name. */
interface Known {
  readonly providers: readonly Provider[];
  /** What is wrong with the providers is told already: a target that names a missing one follows from it. */
  readonly inDoubt: boolean;
}

/** The file's routes, their targets found. */
export function readRoutes(
  settings: Pick<Settings, 'routes' | 'aliases' | 'default_route' | 'semantic'>,
  known: Known,
  findings: Findings,
): RouteTable {
  const { routes, aliases, default_route: fallback } = settings;
  if (settings.semantic.cache_semantic_model === null) refuseSemantic(routes, findings);
  const named = Object.entries(routes).map(([name, entry]) => toRoute(name, entry, known, findings));
  const followed = readAliases(aliases, Object.keys(routes), findings);
  return { routes: named, aliases: followed, fallback: readFallback(fallback, routes, followed, findings) };
}

function refuseSemantic(routes: Settings['routes'], { faults }: Findings): void {
  for (const [name, { cache }] of Object.entries(routes)) {
    if (cache?.semantic === undefined || cache.semantic === 'off') continue;
    const path = formatPath(['routes', name, 'cache', 'semantic']);
    faults.push({ path, message: 'needs a model that compares questions; set CACHE_SEMANTIC_MODEL' });
  }
}

function readFallback(
  name: string | null,
  routes: Settings['routes'],
  aliases: RouteTable['aliases'],
  { faults }: Findings,
): string | null {
  if (name === null) return null;
  const meant = Object.hasOwn(aliases, name) ? (aliases[name] ?? name) : name;
  if (Object.hasOwn(routes, meant)) return meant;
  const names = Object.keys(routes);
  faults.push({ path: 'default_route', message: `names no route${hint(name, names)}` });
  return null;
}

function toRoute(name: string, entry: RouteEntry, known: Known, findings: Findings): ConfiguredRoute {
  const at = ['routes', name];
  const targets = entry.targets.flatMap((target, index) =>
    toTarget(target, { at: [...at, 'targets', index], isWildcard: name.endsWith('*'), known }, findings),
  );
  tellTwins(targets, at, findings);
  return {
    name,
    configured: true,
    strategy: entry.strategy,
    targets,
    requires: entry.requires,
    midStream: entry.mid_stream,
    hedge: entry.hedge,
    fallOn: entry.fall_on,
    maxAttempts: entry.max_attempts ?? Math.max(3, targets.length + 1),
    dropUnsupported: entry.drop_unsupported ?? null,
    cache: entry.cache === undefined ? null : toCache(entry.cache),
  };
}

interface Place {
  readonly at: Path;
  readonly isWildcard: boolean;
  readonly known: Known;
}

function toTarget(entry: RouteTargetEntry, place: Place, findings: Findings): RouteTarget[] {
  const slash = entry.target.indexOf('/');
  const [id, model] = [entry.target.slice(0, slash), entry.target.slice(slash + 1)];
  const provider = findProvider(id, place, findings);
  if (model.includes('*') && !place.isWildcard) {
    const message = 'has a * for the rest of the name, while the name of the route does not end in *';
    findings.faults.push({ path: formatPath([...place.at, 'target']), message });
  }
  refuseOverrides(entry.overrides, place.at, findings);
  if (provider === null) return [];
  return [
    {
      id: entry.target,
      provider,
      model,
      weight: entry.weight,
      tier: entry.tier,
      tags: entry.tags,
      // YAML 1.2 core has no values that JSON has not, but for infinities, and those are refused with their place.
      overrides: entry.overrides as JsonObject,
      capabilities: entry.capabilities ?? null,
      contextTokens: entry.context_tokens ?? null,
      maxConcurrency: entry.max_concurrency ?? null,
    },
  ];
}

function findProvider(id: string, { at, known }: Place, { faults }: Findings): Provider | null {
  const provider = known.providers.find((one) => one.id === id);
  if (provider !== undefined) return provider;
  if (known.inDoubt) return null;
  const ids = known.providers.map((one) => one.id);
  const message = `names a provider that is not configured (configured: ${ids.join(', ') || 'none'})${hint(id, ids)}`;
  faults.push({ path: formatPath([...at, 'target']), message });
  return null;
}

/** What the gateway itself reads of a body: other words there would make it send one thing and account for another. */
const NOT_TO_OVERRIDE = new Set(['model', 'stream', 'messages', 'input', 'prompt', 'previous_response_id']);

function refuseOverrides(overrides: Readonly<Record<string, unknown>>, at: Path, { faults }: Findings): void {
  for (const [name, value] of Object.entries(overrides)) {
    const path = formatPath([...at, 'overrides', name]);
    if (NOT_TO_OVERRIDE.has(name))
      faults.push({ path, message: 'cannot be set here: it is the call itself' });
    if (!isJson(value)) faults.push({ path, message: 'must be a value that JSON has' });
  }
}

function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(isJson);
}

function tellTwins(targets: readonly RouteTarget[], at: Path, { faults }: Findings): void {
  const ids = targets.map(({ id }) => id);
  if (new Set(ids).size === ids.length) return;
  faults.push({
    path: formatPath([...at, 'targets']),
    message: 'has the same target twice; give it more weight',
  });
}

function toCache(entry: NonNullable<RouteEntry['cache']>): RouteCache {
  return {
    mode: entry.mode ?? null,
    ttlSeconds: entry.ttl_seconds ?? null,
    staleWhileRevalidateSeconds: entry.stale_while_revalidate_seconds ?? null,
    staleIfErrorSeconds: entry.stale_if_error_seconds ?? null,
    keep: entry.keep,
    semantic: entry.semantic ?? null,
  };
}

function hint(name: string, candidates: readonly string[]): string {
  const meant = nearest(name, candidates);
  return meant === null ? '' : `; did you mean ${meant}?`;
}
