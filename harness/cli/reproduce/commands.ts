import { type Command, Option } from 'commander';
import { countFrom } from '../arguments.ts';
import { GDB_TARGETS, SHELL_TIMES, STRACE_TARGETS } from './debug-options.ts';
import { addNamedFailureOptions, renderForms } from './failure-options.ts';
import { changesFrom } from './rewind/rewind-options.ts';

/** Adds `kmx reproduce` to the command line. */
export function addReproduceCommand(program: Command): void {
  const reproduce = program
    .command('reproduce')
    .argument(
      '<what...>',
      'a test, a run and its test, a link of a page, the name of an expectation, a bundle',
    )
    .description('run one test that has failed, show all of it, and say whether it failed again')
    .option('--times <n>', 'try n times', countFrom(1))
    .addOption(
      new Option('--until-fails [n]', 'try until it fails, at most n times (default: 50)')
        .argParser(countFrom(1))
        .preset('50')
        .conflicts('times'),
    )
    .option('--real-boot', 'boot its guests instead of restoring a saved one, and show that, too')
    .addOption(
      new Option('--shell [when]', 'open a shell in its guest, in the place of the test by default')
        .choices(SHELL_TIMES)
        .preset('instead')
        .conflicts(['times', 'untilFails']),
    )
    .option('--share <folder>', 'with --shell: a folder of this host, read-only at /mnt/share')
    .addOption(
      new Option(
        '--gdb <target>',
        'wait for gdb before the test begins; prints its command',
      ).choices(GDB_TARGETS),
    )
    .addOption(
      new Option('--strace <target>', "show the agent's system calls").choices(STRACE_TARGETS),
    )
    .addOption(
      new Option(
        '--rewind',
        'save its guest before each call, and go back there when it has failed, as often as wanted',
      ).conflicts(['times', 'shell', 'gdb', 'strace', 'realBoot']),
    )
    .option('--call <n>', 'with --rewind: the call to go back to', countFrom(1))
    .option(
      '--set <field=value>',
      'with --rewind: send the request with another value; may be repeated',
      changesFrom,
    )
    .option('--request <file>', 'with --rewind: send this request, in JSON')
    .option('--agent <file>', "an agent in the place of a bundle's, or with --rewind the test's");
  addNamedFailureOptions(reproduce)
    .addHelpText(
      'after',
      `
${renderForms()}

Without a run, the last one is asked how the test failed, then the expectations.

Exit codes: 0 reproduced, 1 it failed in another way or did not fail, 2 wrong usage, 69 not measured

Examples:
  kmx reproduce panic-6.12
  kmx reproduce 6.12 v1 unguarded ":CPU quota"
  kmx reproduce 'debian-6.12+default+v1+unguarded::cpu/quota' --signature s2-a93cd73b0867
  kmx reproduce panic-6.12 --gdb agent
  kmx reproduce reports/latest 'debian-6.12+default+v1+unguarded::cpu/shares divide'
  kmx reproduce panic.kmx.tar.zst
  kmx reproduce panic-6.12 --shell=on-failure --share tools/
  kmx reproduce panic-6.12 --rewind
  kmx reproduce panic-6.12 --rewind --set linux.resources.cpu.quota=-1
  kmx reproduce 'reports/latest/index.html#finding/s2-a93cd73b0867' --until-fails`,
    )
    .action(async (what: string[], _options, command: Command) => {
      const { reproduce: run } = await import('./reproduce.ts');
      process.exitCode = await run(what, command.optsWithGlobals());
    });
}
