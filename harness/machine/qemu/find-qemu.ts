import { stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import { InfraError } from '../../errors.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { SANDBOX_ARGUMENTS } from './devices.ts';
import { findHostStarter } from './host-starter.ts';
import type { ProcessStarter } from './process-starter.ts';

const QEMU_BINARY = 'qemu-system-x86_64';

/** Name or path of the emulator: that of `KMX_QEMU`, if it is set. */
export function qemuBinary({ KMX_QEMU: chosen }: NodeJS.ProcessEnv): string {
  return chosen === undefined || chosen === '' ? QEMU_BINARY : chosen;
}

/** A QEMU that runs on this host, and what it can do. */
export interface QemuHost {
  /** Name or path, as it is run. */
  readonly binary: string;
  /** For example `7.2.22`. */
  readonly version: string;
  /**
   * Tells this build from others: the whole version line, and the file's size and time or the digest
   * of the image that it is in.
   */
  readonly build: string;
  /** Whether this QEMU was built with seccomp. */
  readonly hasSandbox: boolean;
  readonly starter: ProcessStarter;
  /** Where guests' folders have to be if this QEMU sees only some of the host's. */
  readonly temporaryDirectory?: string;
}

/** Finds QEMU by running it. Throws an InfraError with a remedy if there is none that works. */
export async function findQemu(binary = qemuBinary(process.env)): Promise<QemuHost> {
  const [asked, starter] = await Promise.all([
    askVersion((parameters) => run(binary, parameters)),
    findHostStarter(),
  ]);
  if (asked.version === undefined) {
    throw new InfraError(`cannot run ${binary}, which boots the guests`, {
      code: 'NO_QEMU',
      remedy:
        'apt install qemu-system-x86, or the package of your system that has QEMU for x86 guests; ' +
        'KMX_QEMU names another program; `kmx run --qemu container` needs Docker or Podman instead',
      output: asked.output,
      cause: asked.cause,
    });
  }
  const { version, line, hasSandbox } = asked;
  const build = [line, ...(await describeFile(binary))].join(' ');
  return { binary, version, build, hasSandbox, starter };
}

/** What a run of QEMU printed. */
export interface Ran {
  readonly hasFailed: boolean;
  readonly output: string;
  readonly cause?: unknown;
}

export interface AskedVersion extends Omit<Ran, 'hasFailed'> {
  /** Absent if this is no QEMU, or one that does not run. */
  readonly version?: string;
  /** The whole line. */
  readonly line: string;
  readonly hasSandbox: boolean;
}

/** Asks QEMU for its version, and whether it was built with seccomp. */
export async function askVersion(
  runQemu: (parameters: readonly string[]) => Promise<Ran>,
): Promise<AskedVersion> {
  // QEMU reads its options in order: a build without seccomp fails before it reaches -version.
  const sandboxed = await runQemu([...SANDBOX_ARGUMENTS, '-version']);
  const hasSandbox = !sandboxed.hasFailed;
  const { output, cause } = hasSandbox ? sandboxed : await runQemu(['-version']);
  const version = /QEMU emulator version (\d+\.\d+\.\d+)/.exec(output)?.[1];
  const line = output.split('\n', 1)[0] ?? '';
  return { output, cause, line, hasSandbox, ...omitUndefined({ version }) };
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

async function run(file: string, parameters: readonly string[]): Promise<Ran> {
  const { failed, all, shortMessage, cause } = await execa(file, parameters, {
    reject: false,
    all: true,
    stdin: 'ignore',
    timeout: 10_000,
  });
  return { hasFailed: failed, output: all || shortMessage || '', cause };
}
