import { stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { InfraError } from '../../errors.ts';
import { SANDBOX_ARGUMENTS } from './devices.ts';

const QEMU_BINARY = 'qemu-system-x86_64';

/** Name or path of the emulator: that of `KMX_QEMU`, if it is set. */
export function qemuBinary({ KMX_QEMU: chosen }: NodeJS.ProcessEnv): string {
  return chosen === undefined || chosen === '' ? QEMU_BINARY : chosen;
}

/** The host's QEMU and what it can do. */
export interface QemuHost {
  /** Name or path, as it is run. */
  readonly binary: string;
  /** For example `7.2.22`. */
  readonly version: string;
  /** Tells this build from others: the whole version line, and the file's size and time. */
  readonly build: string;
  /** Whether this QEMU was built with seccomp. */
  readonly hasSandbox: boolean;
  /** Whether the kernel ends a guest when the harness dies by SIGKILL. */
  readonly hasDeathSignal: boolean;
}

/** Finds QEMU by running it. Throws an InfraError with a remedy if there is none that works. */
export async function findQemu(binary = qemuBinary(process.env)): Promise<QemuHost> {
  // QEMU reads its options in order: a build without seccomp fails before it reaches -version.
  const [setpriv = '', ...parameters] = withDeathSignal(['true']);
  const [sandboxed, death] = await Promise.all([
    run(binary, [...SANDBOX_ARGUMENTS, '-version']),
    run(setpriv, parameters),
  ]);
  const hasSandbox = sandboxed.exitCode === 0;
  const asked = hasSandbox ? sandboxed : await run(binary, ['-version']);
  const version = /QEMU emulator version (\d+\.\d+\.\d+)/.exec(asked.stdout)?.[1];
  if (version === undefined) {
    throw new InfraError(`cannot run ${binary}, which boots the guests`, {
      code: 'NO_QEMU',
      remedy:
        'apt install qemu-system-x86, or the package of your system that has QEMU for x86 guests; ' +
        'KMX_QEMU names another program',
      output: asked.all || asked.shortMessage || '',
      cause: asked.cause,
    });
  }
  const line = asked.stdout.split('\n', 1)[0] ?? '';
  const build = [line, ...(await describeFile(binary))].join(' ');
  return { binary, version, build, hasSandbox, hasDeathSignal: death.exitCode === 0 };
}

/**
 * Has the kernel kill the program when the thread that started it ends, however that happens
 * (prctl(2), PR_SET_PDEATHSIG). `setpriv` (util-linux) execs the program, so the process id stays
 * the same. Start guests from the main thread: the end of a worker thread would count as well.
 */
export function withDeathSignal(commandLine: readonly string[]): string[] {
  return ['setpriv', '--pdeathsig', 'KILL', ...commandLine];
}

/** Size and modification time of the program that a shell would start. */
async function describeFile(binary: string): Promise<string[]> {
  const folders = binary.includes('/') ? [''] : (process.env.PATH ?? '').split(delimiter);
  for (const folder of folders) {
    const found = await stat(join(folder, binary)).catch(() => undefined);
    if (found?.isFile() === true) return [`${found.size}`, found.mtime.toISOString()];
  }
  return [];
}

function run(file: string, parameters: readonly string[]) {
  return execa(file, parameters, { reject: false, all: true, stdin: 'ignore', timeout: 10_000 });
}
