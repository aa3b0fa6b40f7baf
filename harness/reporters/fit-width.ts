import sliceAnsi from 'slice-ansi';

/** For a stream that does not know its width. */
const WIDTH = 80;

/** Cuts a line to the width of the terminal: a wrapped line would be redrawn in the wrong place. */
export function fitWidth(line: string, { columns }: Pick<NodeJS.WriteStream, 'columns'>): string {
  const width = (columns || WIDTH) - 1;
  const cut = sliceAnsi(line, 0, width);
  return cut === line ? line : `${sliceAnsi(line, 0, width - 1)}…`;
}
