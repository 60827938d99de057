import { createEdgeFetch } from '../../adapters/edge/fetch.ts';
import { fetchContract } from '../contract/fetch.ts';

fetchContract("the global fetch, on Node's", async () => ({ fetch: createEdgeFetch() }));
