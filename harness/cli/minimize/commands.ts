import type { Command } from 'commander';
import { countFrom } from '../arguments.ts';
import {
  addMeasuringOptions,
  addSearchOptions,
  buildsOption,
  treeOption,
} from '../bisect/measuring-options.ts';
import { addNamedFailureOptions, renderForms } from '../reproduce/failure-options.ts';

/** Adds `kmx minimize` and `kmx minimize config` to the command line. */
export function addMinimizeCommands(program: Command): void {
  const minimize = program
    .command('minimize')
    .usage('[options] <what...>\n       kmx minimize config [options]')
    .argument('<what...>', 'a failed test, as for kmx reproduce')
    .description('find the least that shows a failure: calls, their fields, the guest')
    // Those behind "config" are its own.
    .enablePositionalOptions()
    .option('--times <n>', 'try each candidate up to n times, for what is flaky', countFrom(1))
    .option('--no-guest', 'leave boot parameters, memory and CPUs of its guest as they are')
    .option('-o, --output <file>', 'write the issue there, and print only the request')
    .option('--json', 'print all that was found as JSON, for other programs')
    .option('--agent <file>', "an agent in the place of a bundle's");
  addNamedFailureOptions(minimize)
    .addHelpText(
      'after',
      `
${renderForms()}

The test runs once more, and then its calls alone, with ever less in their requests and in their guest,
as long as the signature stays the same. Prints the text of an issue, with the request as JSON.
Ctrl-C prints the least so far.

Exit codes: 0 found, 1 it did not fail, or in another way, 2 wrong usage, 69 not measured, 130 interrupted

Examples:
  kmx minimize panic-6.12
  kmx minimize 6.12 v1 unguarded ":CPU quota" -o issue.md
  kmx minimize panic.kmx.tar.zst --no-guest
  kmx minimize reports/latest "6.12 v1 ::lifecycle" --times 3 --json`,
    )
    .action(async (what: string[], _options, command: Command) => {
      const { minimize: minimizeTest } = await import('./minimize.ts');
      process.exitCode = await minimizeTest(what, command.optsWithGlobals());
    });
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
      // Of options that both have, such as --out, its own count, and not the defaults of `kmx minimize`.
      process.exitCode = await minimizeConfig({ ...command.optsWithGlobals(), ...command.opts() });
    });
}
