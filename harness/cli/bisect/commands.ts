import { Command, Option } from 'commander';
import { FLAVOURS } from '../../matrix/matrix.ts';
import { countFrom } from '../arguments.ts';
import { mirrorOption } from '../options.ts';

/** Adds `kmx bisect …` to the command line. */
export function addBisectCommands(program: Command): void {
  const bisect = new Command('bisect')
    .copyInheritedSettings(program)
    .description('find what makes a test fail, by measuring in between');
  addKernels(bisect);
  addConfig(bisect);
  program.addCommand(bisect);
}

/** What a bisect of any kind takes. */
function addMeasuringOptions(command: Command): Command {
  return command
    .option(
      '--test <words...>',
      'the test, as for run --only: words of its cell without the kernel, and after a colon of its title',
    )
    .option('--signature <signature>', 'only this failure is bad (default: the one of --bad)')
    .addOption(new Option('--expect <what>', 'any failure is bad').choices(['fail']))
    .option('--passes <n>', 'how many passes make a kernel good (default: 2)', countFrom(1))
    .option(
      '--repeat <n>',
      'measure a kernel at most n times if its outcomes differ (default: 5)',
      countFrom(1),
    )
    .option('--out <folder>', 'folder for the reports', 'reports')
    .option('--no-templates', 'boot every guest instead of restoring saved ones')
    .option('--no-cache', 'measure what earlier runs have measured, too')
    .option(...mirrorOption)
    .option('--offline', 'use only kernels fetched before');
}

function addKernels(bisect: Command): void {
  const command = bisect
    .command('kernels')
    .description('since which version of the kernel a test fails')
    .option('--good <version>', 'a version with which the test passes, or its beginning')
    .option('--bad <version>', 'a version with which it fails, or its beginning');
  addMeasuringOptions(command)
    .option('--suite <names...>', 'suites whose kernels are tried (default: those of the matrix)')
    .addOption(
      new Option('--flavour <name>', 'which builds of Debian are tried (default: cloud)').choices(
        FLAVOURS,
      ),
    )
    .option(
      '--kernels <names...>',
      'kernels of the matrix that are tried instead, the first ones good, the last ones bad',
    )
    .option('--resume <folder>', 'go on with a bisect that was interrupted')
    .addHelpText(
      'after',
      `
Tries the kernels that the suites of the matrix offer and those in the cache. A kernel that cannot be had,
does not boot or fails in another way is passed over, and named in the end.

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
  program
    .command(BISECT_STEP)
    .description('within git bisect run, in a tree of a kernel or an agent: is this commit bad?')
    .option(
      '--test <words...>',
      'the test, as for run --only: words of its cell without the kernel, and after a colon of its title',
    )
    .option('--signature <signature>', 'this failure is bad; any other is skipped')
    .addOption(new Option('--expect <what>', 'any failure is bad').choices(['fail']))
    .option(
      '--kernel <name>',
      'a kernel of the matrix: the one whose settings the tree is built with, or that agents run on',
    )
    .option('--agent <path>', 'the tree is that of an agent: its program, once it is built')
    .option('--build <command>', 'what builds the agent, for the shell')
    .option('--old-new', 'find what mended it: failing is old, passing is new')
    .option('--passes <n>', 'how many passes make a commit good (default: 2)', countFrom(1))
    .option(
      '--repeat <n>',
      'measure a commit at most n times if its outcomes differ (default: 5)',
      countFrom(1),
    )
    .option(
      '--out <folder>',
      "folder for reports and logs (default: kmx-bisect in git's own folder)",
    )
    .option('--no-templates', 'boot every guest instead of restoring saved ones')
    .option(...mirrorOption)
    .option('--offline', 'use only kernels fetched before')
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
    .description('which symbols of the configuration make a test fail')
    .option('--good <kernel>', 'a kernel with which the test passes: see below')
    .option('--bad <kernel>', 'a kernel with which it fails')
    .option(
      '--tree <sources>',
      'what to build: a kernel of the matrix that is built, a folder, a tarball',
    );
  addMeasuringOptions(command)
    .option('--resume <folder>', 'go on with a bisect that was interrupted')
    .addHelpText(
      'after',
      `
--good and --bad name a kernel of the matrix, a kernel as it is built for one of its configs, or a file with
a configuration. Kernels in between are built from the same sources. Exit code 1 if the culprits that were
found could not be proved.

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
