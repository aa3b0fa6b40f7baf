/** Builds kernels in a container, with a compiler from Debian's packages, on hosts that have none. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { ArchiveContext } from '../debian/archive-context.ts';
import { UsageError } from '../errors.ts';
import { findKernelTools } from '../images/kernel-root.ts';
import type { Compiler, RunOptions } from '../kernels/source/compiler.ts';
import { connectEngine, type Engine } from '../machine/container/engine.ts';
import { removeAbandonedContainers } from '../machine/container/sweep.ts';
import { type Mount, mount, runInRoot } from './root-container.ts';

/** What finds the compiler: by lists of packages alone. An engine and the packages are needed to run it. */
export function containerCompiler(
  connect: () => Promise<Engine> = connectEngine,
): (context: ArchiveContext) => Promise<Compiler> {
  let opened: Promise<Engine> | undefined;
  const engine = (): Promise<Engine> => {
    opened ??= open(connect);
    return opened;
  };
  return async (context) => {
    const tools = await findKernelTools(context);
    const { version, digest } = tools;
    return {
      ...{ version, digest, place: 'container' },
      check: async () => void (await engine()),
      fetch: async () => void (await tools.open()),
      run: async (words, options) =>
        await runTools(await engine(), await tools.open(), words, options),
    };
  };
}

async function open(connect: () => Promise<Engine>): Promise<Engine> {
  const engine = await connect();
  await removeAbandonedContainers(engine.client);
  return engine;
}

/**
 * PID 1 of the container. It tells the program to end when it is told to itself, and when its standard input
 * ends, because kmx was killed: two compilers must not write into one folder.
 */
const WATCH = `
exec 3<&0
"$@" </dev/null 3<&- &
program=$!
trap 'kill -TERM $program' TERM
{ cat <&3 >/dev/null; kill -TERM $program; } 2>/dev/null &
wait $program
code=$?
while kill -0 $program 2>/dev/null; do wait $program; code=$?; done
exit $code
`;

/** @param usr The tools: what is to be /usr. */
export async function runTools(
  engine: Engine,
  usr: string,
  words: readonly [string, ...string[]],
  { folder, readable, writable, environment = {}, onLine, signal }: RunOptions,
): Promise<number> {
  for (const path of [...readable, ...writable]) checkMountable(path);
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const reading = Promise.all([
    readLines(stdout, (line) => onLine?.(line, 'stdout')),
    readLines(stderr, (line) => onLine?.(line, 'stderr')),
  ]);
  const variables = { PATH: '/usr/bin:/usr/sbin', LC_ALL: 'C', HOME: '/tmp', ...environment };
  const running = runInRoot(engine, {
    name: 'build',
    words: ['/usr/bin/sh', '-c', WATCH, 'sh', ...words],
    folder,
    environment: Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    mounts: [
      ...(await toolMounts(usr)),
      ...readable.map((path) => mount(path, path, 'ro')),
      ...writable.map((path) => mount(path, path, 'rw')),
    ],
    temporary: { '/tmp': 'mode=1777,exec' },
    network: 'none',
    ...{ stdout, stderr, signal },
  }).finally(() => {
    stdout.end();
    stderr.end();
  });
  const [code] = await Promise.all([running, reading]);
  return code;
}

/** Each folder for itself, so that there is room for /usr/src. */
async function toolMounts(usr: string): Promise<readonly Mount[]> {
  const names = await readdir(usr);
  return names.map((name) => mount(join(usr, name), `/usr/${name}`, 'ro'));
}

/** What the container has of its own cannot hold anything of the host. */
const OCCUPIED = /^\/((usr\/)?(bin|sbin|lib|lib64|include|libexec|share)|proc|sys|dev|etc)(\/|$)/;

export function checkMountable(path: string): void {
  if (!OCCUPIED.test(path)) return;
  throw new UsageError(`${path}: a container cannot see what is there`, {
    code: 'NOT_MOUNTABLE',
    remedy: 'move it to a folder of its own, or leave out --build-in container',
  });
}

async function readLines(stream: PassThrough, onLine: (line: string) => void): Promise<void> {
  const { createInterface } = await import('node:readline');
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }))
    onLine(line);
}
