import { createUndiciFetch } from '../../adapters/node/fetch.ts';
import { fetchContract } from '../contract/fetch.ts';

fetchContract('undici', async () => createUndiciFetch({ connectTimeoutMs: 5_000 }));
