import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { createLineWriter } from '../../adapters/node/line-writer.ts';
import { until } from '../support/wait.ts';

it('writes the lines of a turn together', async () => {
  const written: string[] = [];
  const write = createLineWriter({ write: (text) => void written.push(text) });
  write('a');
  write('b');
  expect(written).toEqual([]);
  await until('they are written', () => written.length > 0);
  write('c');
  await until('the next is written', () => written.length > 1);
  expect(written).toEqual(['a\nb\n', 'c\n']);
});

it('writes what is left when the process ends', () => {
  const module = new URL('../../adapters/node/line-writer.ts', import.meta.url);
  const script = `import { createLineWriter } from ${JSON.stringify(module.href)};
    createLineWriter(process.stdout)('the last words');
    process.exit(3);`;
  const args = ['--input-type=module', '--disable-warning=ExperimentalWarning', '--eval', script];
  let output = '';
  try {
    execFileSync(process.execPath, args, { encoding: 'utf8' });
  } catch (error) {
    output = (error as { stdout: string }).stdout;
  }
  expect(output).toBe('the last words\n');
});
