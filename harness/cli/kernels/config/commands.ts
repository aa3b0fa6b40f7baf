import type { Command } from 'commander';
import { mirrorOption } from '../../options.ts';

/** Adds `kmx kernels config …` to the command line. */
export function addConfigCommands(kernels: Command): void {
  const config = kernels
    .command('config')
    .description('show, compare and explain the configurations of kernels');
  addShow(config);
  addDiff(config);
  addExplain(config);
}

const KERNELS = `
A kernel is one of the matrix, one as built for a config (source-6.12+v1-on), or a file: a .config,
config.gz, a package, or an image with IKCONFIG. Nothing is built.`;

function addShow(config: Command): void {
  config
    .command('show')
    .description('print the configuration of a kernel, or only the symbols that match all words')
    .argument('<kernel>', 'a kernel of the matrix, or a file')
    .argument('[words...]', 'parts of names of symbols, or of titles of menus')
    .option('--set', 'leave out what is not set')
    .option('--json', 'as JSON, for other programs')
    .option(...mirrorOption)
    .option('--offline', 'use only what was fetched before')
    .addHelpText(
      'after',
      `${KERNELS}

Examples:
  kmx kernels config show debian-6.12 cgroup
  kmx kernels config show /boot/config-$(uname -r) virtio --set`,
    )
    .action(async (kernel: string, words: readonly string[], _options, command: Command) => {
      const { showConfig } = await import('./show-config.ts');
      process.exitCode = await showConfig(kernel, words, command.optsWithGlobals());
    });
}

function addDiff(config: Command): void {
  config
    .command('diff')
    .description(
      'show what differs between configurations of kernels; exit with 1 if anything does',
    )
    .argument('<kernel>', 'a kernel of the matrix, or a file')
    .argument('<others...>', 'one or more to compare it with')
    .option('--all', 'list all symbols, not only those about cgroups')
    .option('--json', 'as JSON, for other programs')
    .option('--markdown', 'as Markdown')
    .option(...mirrorOption)
    .option('--offline', 'use only what was fetched before')
    .addHelpText(
      'after',
      `${KERNELS}

Examples:
  kmx kernels config diff debian-6.1 debian-6.12
  kmx kernels config diff source-6.12+v1-off source-6.12+v1-on --all`,
    )
    .action(async (kernel: string, others: readonly string[], _options, command: Command) => {
      const { diffConfig } = await import('./diff-config.ts');
      process.exitCode = await diffConfig([kernel, ...others], command.optsWithGlobals());
    });
}

function addExplain(config: Command): void {
  config
    .command('explain')
    .description(
      'explain what a symbol is, what it needs, what needs it, and its value in each kernel',
    )
    .argument('<symbol>', 'with or without CONFIG_')
    .option(
      '--kernel <names...>',
      'these kernels or files (default: all of the matrix that are cached)',
    )
    .option(
      '--tree <folder>',
      'sources of a kernel (default: those of a kernel of the matrix, if they are cached)',
    )
    .option('--json', 'as JSON, for other programs')
    .option(...mirrorOption)
    .option('--offline', 'use only what was fetched before')
    .addHelpText(
      'after',
      `
Examples:
  kmx kernels config explain CPUSETS_V1
  kmx kernels config explain KASAN --tree ../linux --kernel ../linux/.config`,
    )
    .action(async (symbol: string, _options, command: Command) => {
      const { explainSymbol } = await import('./explain-symbol.ts');
      process.exitCode = await explainSymbol(symbol, command.optsWithGlobals());
    });
}
