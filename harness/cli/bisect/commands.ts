import { Command, Option } from 'commander';
import { FLAVOURS } from '../../matrix/matrix.ts';
import {
  addFailureOptions,
  addMeasuringOptions,
  addSearchOptions,
  buildsOption,
  treeOption,
} from './measuring-options.ts';

const SIGNATURE = 'only this failure is bad (default: the one of --bad)';

/** Adds `kmx bisect …` to the command line. */
export function addBisectCommands(program: Command): void {
  const bisect = new Command('bisect')
    .copyInheritedSettings(program)
    .description('find the kernel version or the symbols that make a test fail');
  addKernels(bisect);
  addConfig(bisect);
  program.addCommand(bisect);
}

function addKernels(bisect: Command): void {
  const command = bisect
    .command('kernels')
    .description('find the kernel version since which a test fails')
    .option('--good <version>', 'a version with which the test passes, or how it begins (6.1)')
    .option('--bad <version>', 'a version with which it fails, or how it begins');
  addFailureOptions(addMeasuringOptions(command, 'kernel'), SIGNATURE)
    .option('--suite <names...>', 'suites whose kernels are tried (default: those of the matrix)')
    .addOption(
      new Option('--flavour <name>', 'which builds of Debian are tried (default: cloud)').choices(
        FLAVOURS,
      ),
    )
    .option(
      '--kernels <names...>',
      'try these kernels of the matrix instead, in this order: the first good, the last bad',
    );
  addSearchOptions(command)
    .addHelpText(
      'after',
      `
Tries the kernels that the suites of the matrix offer and those in the cache. A kernel that cannot be
fetched, does not boot or fails in another way is skipped, and named at the end.

Examples:
  kmx bisect kernels --good 6.1 --bad 6.12 --test v1 unguarded ":CPU quota"
  kmx bisect kernels --good 6.12.85 --bad 6.12 --test v2 guarded --suite trixie-security
  kmx bisect kernels --kernels mine-1 mine-2 mine-3 --test v2 mine ":memory"`,
    )
    .action(async (_options, own: Command) => {
      const { bisectKernels } = await import('./kernels.ts');
      process.exitCode = await bisectKernels(own.optsWithGlobals());
    });
}

export const BISECT_STEP = 'bisect-step';

/** A command of its own: it has other exit codes. */
export function addBisectStep(program: Command): void {
  const command = program
    .command(BISECT_STEP)
    .description('for git bisect run, in the tree of a kernel or an agent: is this commit bad?');
  addFailureOptions(
    addMeasuringOptions(command, 'commit'),
    'this failure is bad; any other is skipped',
  )
    .option(
      '--kernel <name>',
      'a kernel of the matrix: its settings are used to build the tree, or it runs the agent',
    )
    .option(
      '--agent <path>',
      'the tree is that of an agent; this is the program that building it makes',
    )
    .option('--build <command>', 'the shell command that builds the agent')
    .option('--old-new', 'find the commit that fixed it: failing is old, passing is new')
    .option(
      '--out <folder>',
      "folder for reports and logs (default: kmx-bisect in git's own folder)",
    )
    .addHelpText(
      'after',
      `
The tree is the working directory. Exit codes, as git bisect run takes them:
  0    good: the test passes (with --old-new: old, it fails)
  1    bad: the test fails as --signature or --expect says (with --old-new: new, it passes)
  125  skip: the commit does not build or boot, or fails in another way
  128  or more: stop, since the command or the host is at fault, or it was interrupted

Examples:
  git bisect start v6.12 v6.1
  git bisect run kmx --matrix ~/kmx/matrix.yaml bisect-step --test v1 unguarded ":CPU quota" \\
    --signature s2-a93cd73b0867
  git bisect run kmx bisect-step --test v1 kata ":CPU quota" --expect fail --kernel debian-6.12 \\
    --agent target/release/kata-agent --build "cargo build --release"`,
    )
    .action(async (_options, own: Command) => {
      const { bisectStep } = await import('./step.ts');
      process.exitCode = await bisectStep(own.optsWithGlobals());
    });
}

function addConfig(bisect: Command): void {
  const command = bisect
    .command('config')
    .description('find the symbols of the configuration that make a test fail')
    .option('--good <kernel>', 'a kernel with which the test passes: see below')
    .option('--bad <kernel>', 'a kernel with which it fails')
    .option(...treeOption)
    .option(...buildsOption);
  addSearchOptions(addFailureOptions(addMeasuringOptions(command, 'kernel'), SIGNATURE))
    .addHelpText(
      'after',
      `
--good and --bad name a kernel of the matrix, a kernel as built for one of its configs, or a configuration
file. Kernels in between are built from the same sources. The exit code is 1 if symbols were found but could
not be proved to be the culprits.

Examples:
  kmx bisect config --good source-6.12+v1-on --bad source-6.12+v1-off --test v1 unguarded ":CPU quota"
  kmx bisect config --good old.config --bad new.config --tree ../linux --test v2 mine ":memory"
  kmx bisect config --resume reports/bisect-20261124-043401-92a3`,
    )
    .action(async (_options, own: Command) => {
      const { bisectConfig } = await import('./config.ts');
      process.exitCode = await bisectConfig(own.optsWithGlobals());
    });
}
