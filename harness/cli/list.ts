import { EXIT_CODES } from './exit-codes.ts';
import { loadMatrix } from './load-matrix.ts';
import type { SelectionOptions } from './selection.ts';
import { select } from './selection.ts';

export interface ListOptions extends SelectionOptions {
  readonly matrix: string;
  readonly json?: boolean;
}

/** Prints the cells that `run` would boot, one id per line. */
export function list(options: ListOptions): number {
  const { plan } = select(loadMatrix(options.matrix), options);
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify(plan, undefined, 2)}\n`);
    return EXIT_CODES.good;
  }
  const lines = plan.cells.map(
    ({ id, scenarios }) => `${id}${scenarios === undefined ? '' : `  ${scenarios.join(' ')}`}\n`,
  );
  process.stdout.write(lines.join(''));
  process.stderr.write(`${plan.cells.length} cells in the profile ${plan.profile}\n`);
  return EXIT_CODES.good;
}
