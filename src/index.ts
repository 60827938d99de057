/** The public surface of the gateway: what an adapter needs to put it behind a runtime. */
export { type App, type AppOptions, createApp, type RequestEnv } from './app.ts';
export type { Config } from './config/config.ts';
export { type Fault, formatFaults, loadConfig } from './config/load.ts';
export type { StartConfig } from './config/reload.ts';
export type { Lifecycle } from './edge/health.ts';
export type { GatewayDeps } from './ports/index.ts';
export { createReloadableApp, type ReloadableApp } from './reloadable.ts';
