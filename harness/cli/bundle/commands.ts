import type { Command } from 'commander';
import { FORMS } from '../../reproduce/forms.ts';
import { mirrorOption, startedOptions } from '../options.ts';

/** Adds `kmx bundle` to the command line. */
export function addBundleCommand(program: Command): void {
  const command = program
    .command('bundle')
    .argument('<what...>', 'a failed test, as for kmx reproduce')
    .description('write all that it takes to see a failed test again to one file')
    .requiredOption('-o, --output <file>', 'the file, which ends in .kmx.tar.zst')
    .option(
      '--no-agent',
      'leave the agent out: the bundle has its digest, and its reader has to bring it',
    )
    .option('--out <folder>', 'folder of the reports: runs are looked for there', 'reports')
    .option(
      '--expectations <file>',
      'file of known failures (default: expectations.yaml beside the matrix file)',
    )
    .option(...mirrorOption);
  for (const option of startedOptions) command.addOption(option);
  command
    .option('--offline', 'use only kernels fetched before')
    .addHelpText(
      'after',
      `
What can be named:
${FORMS.filter((form) => !form.startsWith('a bundle'))
  .map((form) => `  ${form}`)
  .join('\n')}

The test runs once more, and the file is only written if it fails in the same way. docs/bundles.md
says what is in it.

Exit codes: 0 written, 1 it did not fail, or in another way, 2 wrong usage, 69 not measured

Examples:
  kmx bundle panic-6.12 -o panic.kmx.tar.zst
  kmx bundle 6.12 v1 unguarded ":CPU quota" -o panic.kmx.tar.zst
  kmx bundle reports/latest '6.12 v1 ::cpu/quota' --no-agent -o panic.kmx.tar.zst`,
    )
    .action(async (what: string[], _options, command: Command) => {
      const { bundle } = await import('./bundle.ts');
      process.exitCode = await bundle(what, command.optsWithGlobals());
    });
}
