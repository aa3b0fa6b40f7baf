/** The compiler of this host. */
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { digestOf } from '../../cache/digest.ts';
import { InfraError } from '../../errors.ts';
import type { Compiler, RunOptions } from './compiler.ts';

let known: Promise<Compiler> | undefined;

/** Asks the host's programs for their versions, once. Throws an InfraError if there is no gcc. */
export function hostCompiler(): Promise<Compiler> {
  known ??= findCompiler();
  return known;
}

/**
 * Programs that a configuration and a kernel depend on: Kconfig asks them for versions and features. Only
 * the first one must be there.
 */
const PROGRAMS = ['gcc', 'ld', 'as', 'pahole', 'rustc', 'bindgen'];

async function findCompiler(): Promise<Compiler> {
  const versions = await Promise.all(PROGRAMS.map((name) => ask([name, '--version'])));
  const [version] = versions;
  if (version === undefined) {
    throw new InfraError('gcc is not installed, but needed to build kernels', {
      code: 'NO_COMPILER',
      remedy: 'apt-get install gcc; or, with Docker or Podman, add --build-in container',
    });
  }
  const plugins = await ask(['gcc', '-print-file-name=plugin/include/plugin-version.h']);
  const hasPlugins = plugins !== undefined && (await isThere(plugins));
  return {
    version,
    digest: digestOf(JSON.stringify(['host', ...versions.map((each) => each ?? null), hasPlugins])),
    place: 'host',
    run: runOnHost,
  };
}

/** The first line of what a program says; undefined if there is no such program. */
async function ask([program = '', ...words]: readonly string[]): Promise<string | undefined> {
  const { execa } = await import('execa');
  const { stdout, failed } = await execa(program, words, {
    env: baseEnvironment(),
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
  });
  return failed ? undefined : stdout.split('\n', 1)[0];
}

function baseEnvironment(): Record<string, string> {
  const { PATH = '', HOME, TMPDIR } = process.env;
  return { PATH, LC_ALL: 'C', ...(HOME ? { HOME } : {}), ...(TMPDIR ? { TMPDIR } : {}) };
}

/** Whether a program is on the PATH. */
export async function hasProgram(name: string): Promise<boolean> {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = await Promise.all(folders.map((folder) => isThere(join(folder, name), 'program')));
  return found.includes(true);
}

async function isThere(path: string, kind: 'file' | 'program' = 'file'): Promise<boolean> {
  return await access(path, kind === 'program' ? constants.X_OK : constants.R_OK).then(
    () => true,
    () => false,
  );
}

/** How long programs may take to end when told to, before they are killed. */
const PATIENCE_MS = 10_000;

/**
 * In a process group of its own, which execa ends with kmx, so that Ctrl-C at the terminal reaches kmx
 * alone. make ends what it has started, and removes what is half written. If kmx is killed, `setpriv` has
 * the kernel tell make.
 */
async function runOnHost(
  words: readonly [string, ...string[]],
  { folder, environment, onLine, signal }: RunOptions,
): Promise<number> {
  signal?.throwIfAborted();
  const { ExecaError, execa } = await import('execa');
  const running = execa('setpriv', ['--pdeathsig', 'TERM', ...words], {
    cwd: folder,
    env: { ...baseEnvironment(), ...environment },
    extendEnv: false,
    killDescendants: true,
    cleanup: true,
    forceKillAfterDelay: PATIENCE_MS,
    reject: false,
    stdin: 'ignore',
    buffer: false,
    ...(signal && { cancelSignal: signal }),
  });
  const reading = (['stdout', 'stderr'] as const).map(async (from) => {
    for await (const line of running.iterable({ from })) onLine?.(line, from);
  });
  for (const read of await Promise.allSettled(reading)) {
    // A program that fails makes both reject, and is looked at below.
    if (read.status === 'rejected' && !(read.reason instanceof ExecaError)) throw read.reason;
  }
  const ended = await running;
  signal?.throwIfAborted();
  if (ended.exitCode !== undefined) return ended.exitCode;
  if (ended.signal !== undefined) return SIGNALLED;
  throw ended;
}

/** As shells say it of a program that a signal has ended. */
const SIGNALLED = 128;
