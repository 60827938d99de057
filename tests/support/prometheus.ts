export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Samples of the text format 0.0.4. @throws Error on a line that it does not allow. */
export function readSamples(text: string): Sample[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(readSample);
}

function readSample(line: string): Sample {
  const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line);
  if (match === null) throw new Error(`no sample: ${line}`);
  const [, name = '', labels = '', value = ''] = match;
  return { name, labels: readLabels(labels), value: toNumber(value) };
}

function readLabels(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/g)];
  if (pairs.map(([pair]) => pair).join('') !== text) throw new Error(`no labels: ${text}`);
  return Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, unescapeLabel(value)]));
}

function unescapeLabel(text: string): string {
  return text.replace(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char));
}

function toNumber(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  const value = Number(text);
  if (Number.isNaN(value)) throw new Error(`no number: ${text}`);
  return value;
}

/** The value of the sample with exactly these labels; null when there is none. */
export function findSample(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>>,
): number | null {
  const wanted = Object.entries(labels);
  const isSame = (sample: Sample) =>
    sample.name === name &&
    Object.keys(sample.labels).length === wanted.length &&
    wanted.every(([label, value]) => sample.labels[label] === value);
  return samples.find(isSame)?.value ?? null;
}

/** The sum over all samples that have at least these labels. */
export function sumSamples(
  samples: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  return samples
    .filter(
      (sample) =>
        sample.name === name &&
        Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    )
    .reduce((sum, { value }) => sum + value, 0);
}
