import type { Command } from 'commander';
import { mirrorOption } from '../options.ts';
import { addConfigCommands } from './config/commands.ts';

/** Adds `kmx kernels …` to the command line. */
export function addKernelsCommands(program: Command): void {
  const kernels = program
    .command('kernels')
    .description('list, fetch, build, clean up, lock and inspect the kernels of the matrix');
  addList(kernels);
  addFetch(kernels);
  addBuild(kernels);
  addClean(kernels);
  addLock(kernels);
  addConfigCommands(kernels);
}

function addList(kernels: Command): void {
  kernels
    .command('list', { isDefault: true })
    .description('list the kernels of the matrix, and what the cache has of these and others')
    .option('--all', 'also every kernel that the suites of the matrix offer')
    .option('--suite <names...>', 'the same for these suites')
    .option(...mirrorOption)
    .option('--offline', 'use only lists of packages fetched before')
    .option('--json', 'as JSON, for other programs')
    .addHelpText('after', '\nExamples:\n  kmx kernels list\n  kmx kernels list --suite sid')
    .action(async (_options, command: Command) => {
      const { listKernels } = await import('./list.ts');
      process.exitCode = await listKernels(command.optsWithGlobals());
    });
}

function addFetch(kernels: Command): void {
  kernels
    .command('fetch')
    .description('fetch kernels and unpack sources, so that later commands can use --offline')
    .argument('[names...]', 'kernels, such as debian-6.12 (default: those of the matrix)')
    .option(...mirrorOption)
    .option('--offline', 'fetch nothing; say whether everything is there')
    .addHelpText('after', '\nExamples:\n  kmx kernels fetch\n  kmx kernels fetch debian-6.12')
    .action(async (names: readonly string[], _options, command: Command) => {
      const { fetchKernels } = await import('./fetch.ts');
      process.exitCode = await fetchKernels(names, command.optsWithGlobals());
    });
}

function addBuild(kernels: Command): void {
  kernels
    .command('build')
    .description('build the kernels that are made from sources, before a run needs them')
    .argument('[names...]', 'kernels, such as source-6.12+v1-on (default: those of the matrix)')
    .option(...mirrorOption)
    .option('--offline', 'use only sources fetched before')
    .addHelpText(
      'after',
      '\nExamples:\n  kmx kernels build\n  kmx kernels build source-6.12+v1-on\n  kmx kernels build --build-in container',
    )
    .action(async (names: readonly string[], _options, command: Command) => {
      const { buildKernels } = await import('./build.ts');
      process.exitCode = await buildKernels(names, command.optsWithGlobals());
    });
}

function addClean(kernels: Command): void {
  kernels
    .command('clean')
    .description('remove cached kernels, sources, objects and builds that the matrix does not use')
    .option('--all', 'also remove those that it uses')
    .option('--dry-run', 'only say what would be removed')
    .addHelpText('after', '\nExamples:\n  kmx kernels clean --dry-run\n  kmx kernels clean --all')
    .action(async (_options, command: Command) => {
      const { cleanKernels } = await import('./clean.ts');
      process.exitCode = await cleanKernels(command.optsWithGlobals());
    });
}

function addLock(kernels: Command): void {
  kernels
    .command('lock')
    .description('record kernels and agents in matrix.lock.yaml, to the byte')
    .option('--profile <name>', 'only what a profile needs (default: the whole matrix)')
    .option('--update <names...>', 'renew only these kernels and agents')
    .option(
      '--check',
      'change nothing; say what is outdated, gone or changed, and exit with 1 if anything is',
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
