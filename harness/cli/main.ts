/** The command line: the only place that reads argv and decides exit codes. */
import { Command, CommanderError, Option } from 'commander';
import { asStorageError } from '../cache/storage-error.ts';
import { LOG_STREAMS } from '../classify/log-stream.ts';
import { CHANGES } from '../compare/changes.ts';
import { InfraError, UsageError } from '../errors.ts';
import { FAIL_ON } from '../events.ts';
import { BUILD_PLACES, CGROUP_MODES, QEMU_PLACES } from '../matrix/cell.ts';
import { DEFAULT_MATRIX } from '../matrix/default-files.ts';
import { ISOLATIONS } from '../matrix/isolation.ts';
import { countFrom, formatsFrom, parseDuration } from './arguments.ts';
import { addBisectCommands, addBisectStep, BISECT_STEP } from './bisect/commands.ts';
import { printBug } from './bug-report.ts';
import { addBundleCommand } from './bundle/commands.ts';
import { EXIT_CODES, stepCode } from './exit-codes.ts';
import { addKernelsCommands } from './kernels/commands.ts';
import { addMinimizeCommands } from './minimize/commands.ts';
import {
  jobsOption,
  mirrorOption,
  needsOption,
  onlyCellsOption,
  onlyOption,
  profileOption,
} from './options.ts';
import { printError } from './print-error.ts';
import { renderReportHelp } from './report-help.ts';
import { addReproduceCommand } from './reproduce/commands.ts';
import { readVersion } from './version.ts';
import { addWatchCommand } from './watch/commands.ts';

const program = new Command('kmx')
  .description('Runs cgroup scenarios against an agent on a matrix of real guest kernels.')
  .version(readVersion())
  .exitOverride()
  .configureOutput({
    outputError: (text, write) => write(text.replace(/^error: /, 'kmx: ')),
  })
  .showHelpAfterError('  see --help')
  .configureHelp({ showGlobalOptions: true })
  .addOption(
    new Option('--matrix <file>', 'the matrix file').default(DEFAULT_MATRIX).env('KMX_MATRIX'),
  )
  .addOption(
    new Option(
      '--build-in <place>',
      'where kernels are built: with the compiler of this host, or in a container that needs Docker or Podman (default: host)',
    )
      .choices(BUILD_PLACES)
      .env('KMX_BUILD_IN'),
  )
  .hook('preAction', async (_program, command) => {
    if (command.optsWithGlobals().buildIn !== 'container') return;
    const { buildInContainer } = await import('./build-in-container.ts');
    buildInContainer();
  })
  .addHelpText(
    'after',
    `
Exit codes:
  0   everything as expected
  1   something was not
  2   wrong usage, or faults in the matrix file; nothing was booted
  69  nothing could be measured: the host could not start guests, or not as any cell asks for
  70  a bug in kmx: please report it with what was printed
  75  the time budget ended the run, and everything that ran came as expected
  130 interrupted; what was done is in the reports`,
  );

program
  .command('run', { isDefault: false })
  .description('boot the cells of a profile and run their scenarios')
  .option(...profileOption)
  .option(...onlyOption)
  .option(...jobsOption)
  .option('--out <folder>', 'folder for the reports', 'reports')
  .option(
    '--reporter <formats>',
    'which reports are written, comma-separated: see kmx report --help (default: html,json,junit,markdown; on GitHub Actions also github)',
    formatsFrom,
  )
  .option(
    '--retries <n>',
    'retry what was not as expected, up to n times, each in a fresh guest (default: 0)',
    countFrom(0),
  )
  .option(
    '--miss-retries <n>',
    'retry what could not be measured, up to n times (default: same as --retries)',
    countFrom(0),
  )
  .option(
    '--expectations <file>',
    'file of known failures (default: expectations.yaml beside the matrix file)',
  )
  .option(...needsOption)
  .option('--resume <run>', 'run the rest of a run that was cut off or stopped')
  .option(
    '--baseline <run>',
    'report what changed since an earlier run: its id, latest, last-but-one, its folder or report.json',
  )
  .addOption(
    new Option(
      '--fail-on <change>',
      'exit with 1 only for what is new or changed since the baseline',
    ).choices(FAIL_ON),
  )
  .option('--max-failures <n>', 'stop after n results that are not as expected', countFrom(1))
  .option(
    '--time-budget <time>',
    'begin nothing that cannot end in this time, such as 90s, 45m, 2h; what is new comes first',
    parseDuration,
  )
  .addOption(
    new Option(
      '--isolation <what>',
      'what gets a guest of its own (default: as in the matrix file)',
    ).choices(ISOLATIONS),
  )
  .addOption(
    new Option(
      '--qemu <place>',
      'where QEMU runs: on this host, or in a container that needs Docker or Podman (default: as in the matrix file)',
    ).choices(QEMU_PLACES),
  )
  .option('--no-templates', 'boot every guest instead of restoring saved ones')
  .option('--no-cache', 'run every test, even if nothing it depends on has changed')
  .option(...mirrorOption)
  .option('--offline', 'use only kernels fetched before')
  .option('--locked', 'use exactly what matrix.lock.yaml names: see kmx kernels lock')
  .addHelpText(
    'after',
    `
Examples:
  kmx run                                   the quick profile
  kmx run --profile nightly --jobs 4
  kmx run --only 6.12 v1 unguarded          the cells of one kernel, mode and agent
  kmx run --only 6.12 v1 ":CPU quota"       one scenario of them
  kmx run --retries 2                       is it flaky?
  kmx run --baseline latest --fail-on new   red only for what came since the last run
  kmx run --qemu container                  on a host without QEMU
  kmx run --profile v1-compat --build-in container
  kmx run --profile nightly --time-budget 2h --max-failures 50
  kmx run --resume 20261124-043401-92a3     the rest, after a power loss or a stop`,
  )
  .action(async (_options, command: Command) => {
    const { run } = await import('./run.ts');
    process.exitCode = await run(command.optsWithGlobals());
  });

program
  .command('show')
  .argument('[run]', 'run id, latest, last-but-one, folder, or a file in it', 'latest')
  .description('print the summary of a run again, also of one that was killed or is running')
  .option('--out <folder>', 'folder of the reports', 'reports')
  .addHelpText('after', '\nExamples:\n  kmx show\n  kmx show 20261124-043401-92a3')
  .action(async (name: string, _options, command: Command) => {
    const { show } = await import('./show.ts');
    process.exitCode = await show(name, command.optsWithGlobals());
  });

program
  .command('report')
  .argument('[run]', 'run id, latest, last-but-one, folder, or a file in it', 'latest')
  .description('write reports of a run in other formats, from its events.jsonl alone')
  .requiredOption('--format <formats>', 'comma-separated, or repeated: see below', formatsFrom)
  .option(
    '--output <path>',
    "a file, a folder that is there, or - for standard output (default: the run's folder)",
  )
  .option('--out <folder>', 'folder of the reports', 'reports')
  .addHelpText('after', renderReportHelp)
  .action(async (name: string, _options, command: Command) => {
    const { report } = await import('./report.ts');
    process.exitCode = await report(name, command.optsWithGlobals());
  });

program
  .command('expect')
  .description('update the file of known failures so that a run comes out as expected, for review')
  .option('--from <run>', 'run id, latest, last-but-one, folder, or a file in it', 'latest')
  .option('--out <folder>', 'folder of the reports', 'reports')
  .option('--expectations <file>', 'the file (default: expectations.yaml beside the matrix file)')
  .option(
    '--accept [signatures...]',
    'also accept panics, oopses, boot failures and hangs, or only those with these signatures',
  )
  .option('--reason <text>', 'why new failures are accepted for now')
  .option('--link <url>', 'where they are tracked')
  .option('--owner <name>', 'who is responsible for them')
  .option('--expires <day>', 'last day on which they are accepted (default: in 90 days)')
  .option('--dry-run', 'print the change without writing it')
  .addHelpText(
    'after',
    `
Examples:
  kmx expect                                 remove what passes now or matches no test
  kmx expect --from 20261124-043401-92a3 --accept \\
    --reason "controllers are off since 6.12" --link https://example.org/10603`,
  )
  .action(async (_options, command: Command) => {
    const { expectFrom } = await import('./expect.ts');
    process.exitCode = expectFrom(command.optsWithGlobals());
  });

program
  .command('facts')
  .description('show what the kernels of a run offer, and what changed from one to the next')
  .option('--from <run>', 'run id, latest, last-but-one, folder, or a file in it', 'latest')
  .option('--out <folder>', 'folder of the reports', 'reports')
  .option('--files', 'list the control files that came and went')
  .addOption(new Option('--json', 'as JSON, for other programs').conflicts('markdown'))
  .option('--markdown', 'as Markdown, for an issue or a pull request')
  .addHelpText(
    'after',
    '\nExamples:\n  kmx facts\n  kmx facts --from 20261124-043401-92a3 --files\n  kmx facts --markdown',
  )
  .action(async (_options, command: Command) => {
    const { facts } = await import('./facts.ts');
    process.exitCode = await facts(command.optsWithGlobals());
  });

program
  .command('list')
  .description('show the cells of a profile without booting them')
  .option(...profileOption)
  .option(...onlyOption)
  .option('--json', 'as JSON, for other programs')
  .addHelpText('after', '\nExamples:\n  kmx list\n  kmx list --profile nightly --only 6.12')
  .action(async (_options, command: Command) => {
    const { list } = await import('./list.ts');
    process.exitCode = await list(command.optsWithGlobals());
  });

program
  .command('check')
  .argument('[kernels...]', 'kernels of the matrix, or files that hold a configuration')
  .description('say what agents will lack on kernels, and why, without booting any')
  .option('--agent <names...>', 'agents of the matrix, or of needs/ (default: all of needs/)')
  .addOption(new Option('--cgroup <modes...>', 'only these cgroup modes').choices(CGROUP_MODES))
  .option('--boot-parameters <words...>', "added to the kernels' command lines")
  .option(
    '--config <name>',
    'a config of the matrix: its boot parameters, what it leaves unmounted',
  )
  .option('--host', "this host's own kernel, with the command line it was booted with")
  .option(...needsOption)
  .option('--json', 'as JSON, for other programs')
  .option(...mirrorOption)
  .option('--offline', 'use only kernels fetched before')
  .addHelpText(
    'after',
    `
A file may be a .config, /proc/config.gz, a Debian package, or a bzImage or vmlinux with IKCONFIG.
Something missing that users would notice: exit code 1.

Examples:
  kmx check debian-6.1 debian-6.12
  kmx check build/.config --agent kata --cgroup v1
  kmx check debian-6.1 --agent unguarded --boot-parameters cgroup_disable=cpuset
  kmx check --host --agent runc`,
  )
  .action(async (names: string[], _options, command: Command) => {
    const { check } = await import('./check.ts');
    process.exitCode = await check(names, command.optsWithGlobals());
  });

program
  .command('compare [what...]')
  .description(
    'show what differs between cells, kernels, configs, agents or runs, and the likely reasons',
  )
  .addOption(
    new Option('--by <axis>', 'compare the values of an axis').choices([
      'kernel',
      'config',
      'cgroup',
      'agent',
      'machine',
    ]),
  )
  .option('--runs <runs...>', 'compare runs: ids, latest, last-but-one, folders or report.json')
  .addOption(
    new Option(
      '--configs <files...>',
      'compare kernel configs: .config, config.gz, packages, images with IKCONFIG',
    ).conflicts(['by', 'runs', 'from', 'only', 'failOn']),
  )
  .option('--from <run>', 'the run whose cells are compared', 'latest')
  .option(...onlyCellsOption)
  .option('--out <folder>', 'folder of the reports', 'reports')
  .option('--all', 'list every test, reason, fact and symbol')
  .option('--markdown', 'as Markdown, for an issue or a pull request')
  .addOption(
    new Option('--json', 'as JSON, in the form of docs/comparison.schema.json').conflicts(
      'markdown',
    ),
  )
  .addOption(
    new Option('--html <file>', 'as a page, written to this file').conflicts(['json', 'markdown']),
  )
  .addOption(
    new Option('--fail-on <change>', 'exit with 1 only if there is such a change').choices(CHANGES),
  )
  .addHelpText(
    'after',
    `
Exit codes: 0 no difference, 1 differences, 2 wrong usage

Examples:
  kmx compare debian-6.1 debian-6.12             two kernels of the latest run
  kmx compare 6.12+v1+unguarded 6.12+v2+unguarded
  kmx compare --by config debian-6.12
  kmx compare --configs old.config build/bzImage
  kmx compare --runs last-but-one latest --fail-on regression`,
  )
  .action(async (what: string[], _options, command: Command) => {
    const { compare } = await import('./compare.ts');
    process.exitCode = await compare(what, command.optsWithGlobals());
  });

program
  .command('advise')
  .description('say what fails where and why, and what makes it pass, as a run has shown')
  .option('--from <run>', 'run id, latest, last-but-one, folder, or report.json', 'latest')
  .option('--out <folder>', 'folder of the reports', 'reports')
  .option('--markdown', 'as Markdown, for an issue or a pull request')
  .addOption(
    new Option('--json', 'as JSON, in the form of docs/advice.schema.json').conflicts('markdown'),
  )
  .addHelpText('after', '\nExamples:\n  kmx advise\n  kmx advise --from 20261124-043401-92a3')
  .action(async (_options, command: Command) => {
    const { advise } = await import('./advise.ts');
    process.exitCode = await advise(command.optsWithGlobals());
  });

program
  .command('classify')
  .argument('[logs...]', 'files, folders, or - for standard input')
  .description('say which crashes are in logs from anywhere: class, place, signature, lines')
  .addOption(
    new Option(
      '--stream <name>',
      "a kernel's console, or what a program wrote (default: guessed)",
    ).choices(LOG_STREAMS),
  )
  .option(
    '--expectations <file>',
    'file of known failures (default: expectations.yaml beside the matrix file, if it is there)',
  )
  .option('--json', 'as JSON, in the form of docs/classify.schema.json')
  .addHelpText(
    'after',
    `
Finds panics and oopses of kernels, boots that fail, and crashes of programs in Rust, Go, C and C++; also
lists lines that look bad but belong to none of these. Boots nothing, and needs no matrix.

Reads consoles, journals, output of CI services and of programs: plain or packed (gzip, xz, zstd, bzip2,
lz4), JUnit reports, and folders with such files at any depth. docs/classify.md explains what is printed.

Exit codes: 0 no crash, 1 a crash, 2 wrong usage, or a log that could not be read and no crash in others

Examples:
  kmx classify console.log.xz
  dmesg | kmx classify
  kubectl logs agent | kmx classify --stream agent
  kmx classify reports/latest artifacts/junit.xml --json`,
  )
  .action(async (names: string[], _options, command: Command) => {
    const { classify } = await import('./classify.ts');
    process.exitCode = await classify(names, command.optsWithGlobals());
  });

program
  .command('cross-check')
  .description(
    'run a sample of cells with restored and with booted guests, and compare the verdicts',
  )
  .option('--profile <name>', 'a profile of the matrix file', 'nightly')
  .option(...onlyOption)
  .option('--sample <n>', 'how many cells to run', countFrom(1), 3)
  .option('--seed <text>', 'selects the cells (default: the date, so that each gets its turn)')
  .option(...jobsOption)
  .option('--out <folder>', 'folder for the reports of both runs', 'reports')
  .option(...mirrorOption)
  .option('--offline', 'use only kernels fetched before')
  .addHelpText(
    'after',
    '\nA difference is a failure: exit code 1.\n\nExamples:\n  kmx cross-check\n  kmx cross-check --profile quick --sample 1 --only 6.12',
  )
  .action(async (_options, command: Command) => {
    const { crossCheck } = await import('./cross-check.ts');
    process.exitCode = await crossCheck(command.optsWithGlobals());
  });

const cache = program
  .command('cache')
  .description('show what kmx keeps on this host, remove what is not used, and carry it to another')
  .addHelpText(
    'after',
    `
Examples:
  kmx cache list
  kmx cache list --all
  kmx cache prune --max-size 5G
  kmx cache prune --containers --dry-run        what kmx keeps in Docker or Podman
  kmx cache export --max-size 2G .ci-cache/     for a CI system to keep
  kmx cache import .ci-cache/`,
  );

cache
  .command('list', { isDefault: true })
  .description('what the cache holds, and how much disk space it takes')
  .option('--all', 'every entry, most recently used first')
  .option('--json', 'as JSON, for other programs')
  .action(async (_options, command: Command) => {
    const { listCacheEntries } = await import('./cache.ts');
    process.exitCode = await listCacheEntries(command.optsWithGlobals());
  });

cache
  .command('prune')
  .description(
    'remove the least recently used entries; kernels, which must be fetched again, go last',
  )
  .option('--max-size <size>', 'how much may stay: 5G, 500M, 0')
  .option(
    '--containers',
    'images in the container engine, and containers that killed runs have left',
  )
  .option('--dry-run', 'only show what would be removed')
  .action(async (_options, command: Command) => {
    const { prune } = await import('./cache.ts');
    process.exitCode = await prune(command.optsWithGlobals());
  });

const whatOption = [
  '--what <parts>',
  'which parts, comma-separated: kernels, templates, L1 (those without an agent), results (default: all)',
] as const;
const usedWithinOption = [
  '--used-within <days>',
  'leave out what was not used for longer: 3d (default: nothing)',
] as const;

cache
  .command('export')
  .argument('<place>', 'the file to write, or the folder to put it in')
  .description('write the cache to one small file, for a CI system to keep or another host')
  .option('--max-size <size>', 'how large the file may be: 2G; what is worth least stays out')
  .option(...whatOption)
  .option(...usedWithinOption)
  .action(async (place: string, _options, command: Command) => {
    const { exportCacheTo } = await import('./cache-archive.ts');
    process.exitCode = await exportCacheTo(place, command.optsWithGlobals());
  });

cache
  .command('import')
  .argument('<place>', 'the file, or its folder')
  .description(
    'add to the cache what such a file has; what is there stays, of last runs the later one',
  )
  .option('--max-size <size>', 'how much it may take on the disk (default: KMX_CACHE_MAX, or 20G)')
  .action(async (place: string, _options, command: Command) => {
    const { importCacheFrom } = await import('./cache-archive.ts');
    process.exitCode = await importCacheFrom(place, command.optsWithGlobals());
  });

cache
  .command('key')
  .description('print a name that changes when an export would have other entries or results')
  .option(...whatOption)
  .option(...usedWithinOption)
  .action(async (_options, command: Command) => {
    const { printCacheKey } = await import('./cache-archive.ts');
    process.exitCode = await printCacheKey(command.optsWithGlobals());
  });

addReproduceCommand(program);
addBundleCommand(program);
addWatchCommand(program);
addKernelsCommands(program);
addBisectCommands(program);
addBisectStep(program);
addMinimizeCommands(program);

program
  .command('doctor')
  .description('check what this host offers, and how to get what is missing')
  .option('--probe', 'try KVM again, even if the answer is known')
  .addHelpText('after', '\nExample:\n  kmx doctor')
  .action(async (_options, command: Command) => {
    const { doctor } = await import('./doctor.ts');
    process.exitCode = await doctor(command.optsWithGlobals());
  });

program
  .command('selftest')
  .description('break guests and hosts on purpose, and check that each gets its right verdict')
  .option('--all', 'also run the cases that wait for timeouts')
  .option('--only <words...>', 'only cases with one of the words in their name')
  .option('--kernel <name>', 'a kernel of the matrix file (default: the first one that a run uses)')
  .option(
    '--jobs <n>',
    'how many cases at the same time (default: by CPUs and memory)',
    countFrom(1),
  )
  .option('--out <folder>', 'folder for the logs', 'reports')
  .option('--list', 'list the cases without running them')
  .addHelpText(
    'after',
    '\nExamples:\n  kmx selftest\n  kmx selftest --all\n  kmx selftest --only panic hang',
  )
  .action(async (_options, command: Command) => {
    const { selftest } = await import('./selftest.ts');
    process.exitCode = await selftest(command.optsWithGlobals());
  });

// Unhandled rejections end up here, too.
process.on('uncaughtException', (error) => process.exit(exitCodeOf(error)));
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT_CODES.outputClosed);
  throw asStorageError(error, 'standard output');
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
  // What a bug left running must not keep the process alive.
  if (process.exitCode === EXIT_CODES.bug) process.exit();
}

function exitCodeOf(error: unknown): number {
  const code = plainCodeOf(error);
  return process.argv.includes(BISECT_STEP) ? stepCode(code) : code;
}

function plainCodeOf(error: unknown): number {
  if (error instanceof CommanderError) {
    // Commander has printed what was wrong; its own code is 0 for --help.
    return error.exitCode === 0 ? EXIT_CODES.good : EXIT_CODES.usage;
  }
  if (error instanceof UsageError || error instanceof InfraError) {
    printError(error);
    return error instanceof UsageError ? EXIT_CODES.usage : EXIT_CODES.unmeasured;
  }
  printBug(error);
  return EXIT_CODES.bug;
}
