/** Where nothing says how wide a line may be. */
const FILE_WIDTH = 200;

/** Columns of the terminal that standard output is, or of a file. */
export function outputWidth(): number {
  return process.stdout.columns || FILE_WIDTH;
}
