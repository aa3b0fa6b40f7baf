import type { Command } from 'commander';
import { FORMS } from '../../reproduce/forms.ts';
import { mirrorOption, startedOptions } from '../options.ts';

/** Adds what every command has that begins with a failure somebody names: where it is looked for. */
export function addNamedFailureOptions(command: Command): Command {
  command
    .option('--out <folder>', 'folder of the reports: runs are looked for there', 'reports')
    .option(
      '--expectations <file>',
      'file of known failures (default: expectations.yaml beside the matrix file)',
    );
  for (const option of startedOptions) command.addOption(option);
  return command.option(...mirrorOption).option('--offline', 'use only kernels fetched before');
}

/** For its help. */
export function renderForms(forms: readonly string[] = FORMS): string {
  return `What can be named:\n${forms.map((form) => `  ${form}`).join('\n')}`;
}
