import { type Command, Option } from 'commander';
import { countFrom } from '../arguments.ts';
import { mirrorOption } from '../options.ts';

/** Which test is run, how often, and in which guests. */
export function addMeasuringOptions(command: Command, what: 'kernel' | 'commit'): Command {
  return command
    .option(
      '--test <words...>',
      'the test, as in run --only: words of the id of its cell (not the kernel), then of its title, after a colon',
    )
    .option('--passes <n>', `how many passes make a ${what} good (default: 2)`, countFrom(1))
    .option(
      '--repeat <n>',
      `measure a ${what} at most n times if its outcomes differ (default: 5)`,
      countFrom(1),
    )
    .option('--no-templates', 'boot every guest instead of restoring saved ones')
    .option(...mirrorOption)
    .option('--offline', 'use only what was fetched before');
}

/** Which failure is looked for. */
export function addFailureOptions(command: Command, signature: string): Command {
  return command
    .option('--signature <signature>', signature)
    .addOption(new Option('--expect <what>', 'any failure is bad').choices(['fail']));
}

/** A search over several kernels, which has a folder and can be resumed. */
export function addSearchOptions(command: Command): Command {
  return command
    .option('--no-cache', 'measure what earlier runs have measured, too')
    .option('--out <folder>', 'folder for the reports', 'reports')
    .option('--resume <folder>', 'go on with a search that was interrupted');
}

/** For searches that build kernels. */
export const buildsOption = [
  '--jobs <n>',
  'how many kernels to build at the same time; all but one are built ahead (default: by CPUs and memory)',
  countFrom(1),
] as const;

export const treeOption = [
  '--tree <sources>',
  'the sources to build: a kernel of the matrix that has some, a folder or a tarball',
] as const;
