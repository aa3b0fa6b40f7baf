import type { Command } from 'commander';
import { jobsOption, mirrorOption, onlyOption, profileOption } from '../options.ts';

/** Adds `kmx watch` to the command line. */
export function addWatchCommand(program: Command): void {
  program
    .command('watch')
    .description('run tests again whenever their agent, or one of their files, has changed')
    .requiredOption('--agent <path>', 'the agent: its file, or the name of an agent of the matrix')
    .option(...profileOption)
    .option(...onlyOption)
    .option(...jobsOption)
    .option('--out <folder>', 'folder of the reports', 'reports')
    .option(...mirrorOption)
    .option('--offline', 'use only kernels fetched before')
    .addHelpText(
      'after',
      `
A file that no agent of the matrix has takes the place of all of them, and must speak kata-agent's
protocol. No failure counts as known. Ctrl-C ends.

Examples:
  kmx watch --agent target/release/kata-agent --only 6.12 default+v1 ":CPU quota"
  kmx watch --agent unguarded --only 6.12 default+v1`,
    )
    .action(async (_options, command: Command) => {
      const { watch } = await import('./watch.ts');
      process.exitCode = await watch(command.optsWithGlobals());
    });
}
