/** Behind scripts/ci/completeness. */
import { Command } from 'commander';
import { EXIT_CODES } from '../cli/exit-codes.ts';
import { printError } from '../cli/print-error.ts';
import { UsageError } from '../errors.ts';
import { completenessOf } from './completeness.ts';
import { readReport } from './read-report.ts';

const program = new Command('scripts/ci/completeness')
  .description('Prints how much of a run took place: complete, partial or nothing.')
  .argument('<report>', 'its report.json, which need not be there')
  .parse();

try {
  process.stdout.write(`${completenessOf(readReport(program.args[0] ?? ''))}\n`);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  printError(error);
  process.exitCode = EXIT_CODES.usage;
}
