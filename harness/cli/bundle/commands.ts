import type { Command } from 'commander';
import { FORMS } from '../../reproduce/forms.ts';
import { addNamedFailureOptions, renderForms } from '../reproduce/failure-options.ts';

/** Adds `kmx bundle` to the command line. */
export function addBundleCommand(program: Command): void {
  const bundle = program
    .command('bundle')
    .argument('<what...>', 'a failed test, as for kmx reproduce')
    .description('write all that it takes to see a failed test again to one file')
    .requiredOption('-o, --output <file>', 'the file, which ends in .kmx.tar.zst')
    .option(
      '--no-agent',
      'leave the agent out: the bundle has its digest, and its reader has to bring it',
    );
  addNamedFailureOptions(bundle)
    .addHelpText(
      'after',
      `
${renderForms(FORMS.filter((form) => !form.startsWith('a bundle')))}

The test runs once more, and the file is only written if it fails in the same way. docs/bundles.md
says what is in it.

Exit codes: 0 written, 1 it did not fail, or in another way, 2 wrong usage, 69 not measured

Examples:
  kmx bundle panic-6.12 -o panic.kmx.tar.zst
  kmx bundle 6.12 v1 unguarded ":CPU quota" -o panic.kmx.tar.zst
  kmx bundle reports/latest '6.12 v1 ::cpu/quota' --no-agent -o panic.kmx.tar.zst`,
    )
    .action(async (what: string[], _options, command: Command) => {
      const { bundle: run } = await import('./bundle.ts');
      process.exitCode = await run(what, command.optsWithGlobals());
    });
}
