import { describe, expect, it } from 'vitest';
import { isLoopbackHost, isPrivateHost } from './base-url.ts';

describe('isLoopbackHost', () => {
  it.each([
    'localhost',
    'LOCALHOST',
    'api.localhost',
    '127.0.0.1',
    '127.255.0.9',
    '::1',
    '[::1]',
    '::ffff:127.0.0.1',
  ])('%s', (host) => {
    expect(isLoopbackHost(host)).toBe(true);
  });
  it.each([
    '0.0.0.0',
    '::',
    '10.0.0.1',
    'localhost.example.com',
    '127.0.0.1.example.com',
    '127.0.0.256',
    'gateway',
  ])('not %s', (host) => {
    expect(isLoopbackHost(host)).toBe(false);
  });
});

describe('isPrivateHost', () => {
  it.each([
    'gpu-1',
    'ollama',
    'vllm.ai.svc.cluster.local',
    'host.docker.internal',
    '192.168.1.5',
    '10.1.2.3',
    '172.31.0.1',
    '100.64.0.1',
    '[fd00::1]',
    '[fe80::1]',
    'localhost',
  ])('%s', (host) => {
    expect(isPrivateHost(host)).toBe(true);
  });
  it.each([
    'api.example.com',
    '8.8.8.8',
    '172.32.0.1',
    '192.169.0.1',
    '[2001:db8::1]',
    'internal.example.com',
  ])('not %s', (host) => {
    expect(isPrivateHost(host)).toBe(false);
  });
});
