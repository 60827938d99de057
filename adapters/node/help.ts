export const HELP = `LLM Edge Agent: a gateway between applications and LLM providers.

  npm start                      on http://127.0.0.1:8080, with a sandbox provider that needs no key
  OPENAI_API_KEY=… npm start     with OpenAI; ANTHROPIC_API_KEY, GROQ_API_KEY, … alike

Settings are environment variables, or a file named by LLM_EDGE_CONFIG (YAML or JSON):
docs/configuration.md lists them all. The most used:

  HOST, PORT                     where it listens (127.0.0.1, 8080)
  GATEWAY_API_KEYS               keys that applications must send: name:key, comma-separated
  OPENAI_BASE_URL, …             another address for a provider
  METRICS_PORT, ENABLE_METRICS   where Prometheus scrapes (9090), and whether
  WORKERS                        processes (default: the cores this container may use)
  LOG_LEVEL                      debug, info, warn, error

Options: --help, --version`;
