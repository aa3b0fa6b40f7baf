import sliceAnsi from 'slice-ansi';

/** Of a stream that does not say. */
const WIDTH = 80;

/** A line that wraps would be redrawn at the wrong place. */
export function fitWidth(line: string, { columns }: Pick<NodeJS.WriteStream, 'columns'>): string {
  const width = (columns || WIDTH) - 1;
  const cut = sliceAnsi(line, 0, width);
  return cut === line ? line : `${sliceAnsi(line, 0, width - 1)}…`;
}
