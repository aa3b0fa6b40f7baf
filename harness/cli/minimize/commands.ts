import type { Command } from 'commander';
import {
  addMeasuringOptions,
  addSearchOptions,
  buildsOption,
  treeOption,
} from '../bisect/measuring-options.ts';

/** Adds `kmx minimize …` to the command line. */
export function addMinimizeCommands(program: Command): void {
  const minimize = program
    .command('minimize')
    .description('find the least that a test needs to pass');
  addConfig(minimize);
}

function addConfig(minimize: Command): void {
  const command = minimize
    .command('config')
    .description(
      'find the fewest symbols, on top of the minimal base, with which a test still passes',
    )
    .option('--kernel <kernel>', 'a kernel with which it passes, named as for bisect config')
    .option(...treeOption)
    .option(...buildsOption)
    .option(
      '--output <file>',
      'where to write the fragment (default: in the folder of the search)',
    );
  addSearchOptions(addMeasuringOptions(command, 'kernel'))
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
