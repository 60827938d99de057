/** What lines are written to, such as `process.stdout`. */
export interface LineSink {
  write(text: string): unknown;
}

/**
 * Writes the lines of one turn of the event loop together: to a file or a pipe, Node writes at once and waits for it, which
 * under load costs more than making the line. What is left is written when the process ends, unless it is killed.
 */
export function createLineWriter(sink: LineSink): (line: string) => void {
  let waiting = '';
  const flush = () => {
    const text = waiting;
    waiting = '';
    if (text !== '') sink.write(text);
  };
  process.on('exit', flush);
  return (line) => {
    if (waiting === '') setImmediate(flush);
    waiting += `${line}\n`;
  };
}
