import type { Command } from 'commander';
import { mirrorOption } from '../options.ts';
import { addConfigCommands } from './config/commands.ts';

/** Adds `kmx kernels …` to the command line. */
export function addKernelsCommands(program: Command): void {
  const kernels = program
    .command('kernels')
    .description('the kernels of the matrix: what is offered, cached, built and configured');
  addList(kernels);
  addLock(kernels);
  addConfigCommands(kernels);
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

function addLock(kernels: Command): void {
  kernels
    .command('lock')
    .description('write matrix.lock.yaml: what kernels and agents are, to the byte')
    .option('--profile <name>', 'only what a profile needs (default: the whole matrix)')
    .option('--update <names...>', 'renew only these kernels and agents')
    .option(
      '--check',
      'change nothing; say what is outdated, gone or changed, and exit with 1 if any',
    )
    .option(...mirrorOption)
    .option('--offline', 'use only what was fetched before')
    .option('--json', 'with --check: as JSON, for other programs')
    .addHelpText(
      'after',
      `
Examples:
  kmx kernels lock                        then commit matrix.lock.yaml
  kmx run --locked                        exactly these, or nothing
  kmx kernels lock --check                is there anything newer?
  kmx kernels lock --update debian-6.12   take it`,
    )
    .action(async (_options, command: Command) => {
      const { lockKernels } = await import('./lock.ts');
      process.exitCode = await lockKernels(command.optsWithGlobals());
    });
}
