import type { Command } from 'commander';
import { mirrorOption } from '../options.ts';

/** Adds `kmx kernels …` to the command line. */
export function addKernelsCommands(program: Command): void {
  const kernels = program
    .command('kernels')
    .description('the kernels of the matrix: what is offered, cached, built and configured');
  addList(kernels);
}

function addList(kernels: Command): void {
  kernels
    .command('list', { isDefault: true })
    .description('what the suites of the matrix offer, what is cached, and what the matrix uses')
    .option('--suite <names...>', 'suites to look in (default: those that the matrix names)')
    .option(...mirrorOption)
    .option('--offline', 'use only lists of packages fetched before')
    .option('--json', 'as JSON, for other programs')
    .addHelpText('after', '\nExamples:\n  kmx kernels list\n  kmx kernels list --suite sid')
    .action(async (_options, command: Command) => {
      const { listKernels } = await import('./list.ts');
      process.exitCode = await listKernels(command.optsWithGlobals());
    });
}
