import type { Command } from 'commander';
import { countFrom } from '../arguments.ts';
import { mirrorOption } from '../options.ts';

/** Adds `kmx minimize …` to the command line. */
export function addMinimizeCommands(program: Command): void {
  const minimize = program
    .command('minimize')
    .description('find the least with which a test still passes');
  addConfig(minimize);
}

function addConfig(minimize: Command): void {
  minimize
    .command('config')
    .description('the fewest symbols above the minimal base with which a test still passes')
    .option('--kernel <kernel>', 'a kernel with which it passes, as for bisect config')
    .option(
      '--tree <sources>',
      'what to build: a kernel of the matrix that is built, a folder, a tarball',
    )
    .option(
      '--test <words...>',
      'the test, as for run --only: words of its cell without the kernel, and after a colon of its title',
    )
    .option(
      '--output <file>',
      'where the fragment is written (default: in the folder of the search)',
    )
    .option('--passes <n>', 'how many passes count as one (default: 2)', countFrom(1))
    .option(
      '--repeat <n>',
      'measure a kernel at most n times if its outcomes differ (default: 5)',
      countFrom(1),
    )
    .option('--out <folder>', 'folder for the reports', 'reports')
    .option('--no-templates', 'boot every guest instead of restoring saved ones')
    .option('--no-cache', 'measure what earlier runs have measured, too')
    .option(...mirrorOption)
    .option('--offline', 'use only what was fetched before')
    .option('--resume <folder>', 'go on with a search that was interrupted')
    .addHelpText(
      'after',
      `
The result is a fragment for the base "minimal", with a reason for each symbol: what the test did without it.

Examples:
  kmx minimize config --kernel source-6.12+v1-on --test v1 unguarded ":CPU quota"
  kmx minimize config --kernel /boot/config-6.12 --tree ../linux --test v2 mine ":memory" --output needed.config`,
    )
    .action(async (_options, command: Command) => {
      const { minimizeConfig } = await import('./config.ts');
      process.exitCode = await minimizeConfig(command.optsWithGlobals());
    });
}
