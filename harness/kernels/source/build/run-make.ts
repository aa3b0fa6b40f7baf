/** One call of make in a tree of kernel sources, watched. */
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { diskFull } from '../../../cache/storage-error.ts';
import { InfraError, UsageError } from '../../../errors.ts';
import { omitUndefined } from '../../../omit-undefined.ts';
import { toLine, toPrintable } from '../../../text.ts';
import type { Compiler } from '../compiler.ts';
import { pathWords, REPRODUCIBLE } from './build-inputs.ts';
import { MakeOutput } from './make-output.ts';

export interface MakeRun {
  readonly compiler: Compiler;
  /** Of the sources, absolute. */
  readonly tree: string;
  /** Of the objects, absolute. */
  readonly output: string;
  readonly goals: readonly string[];
  /** Compilers at once. */
  readonly jobs: number;
  /** Whether nobody waits for it yet. */
  readonly isAhead: boolean;
  /** Everything that is printed is appended to it. */
  readonly log: string;
  readonly onObject: (object: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** What `nice` adds by default, and all that there is: other builds go first. */
const NICENESS = { wanted: 10, ahead: 19 } as const;

/**
 * Makes the goals, with as little of the CPU as others leave. Throws a UsageError with the first error if
 * the sources do not compile, an InfraError if the host is at fault, and the signal's reason.
 */
export async function runMake(run: MakeRun): Promise<void> {
  const { compiler, tree, output, goals, jobs, isAhead, log, signal } = run;
  const read = new MakeOutput([`${tree}/`, `${output}/`], run.onObject);
  const file = createWriteStream(log, { flags: 'a' });
  // Reported once make has ended.
  file.on('error', () => {});
  const words = ['make', `-j${jobs}`, `O=${output}`, 'ARCH=x86_64', ...pathWords(tree, output)];
  const code = await compiler
    .run(['nice', '-n', `${NICENESS[isAhead ? 'ahead' : 'wanted']}`, ...words, ...goals], {
      folder: tree,
      readable: [tree],
      writable: [output],
      environment: REPRODUCIBLE,
      onLine: (line) => {
        file.write(`${line}\n`);
        read.read(line);
      },
      ...omitUndefined({ signal }),
    })
    .finally(() => file.end());
  await finished(file).catch((error: NodeJS.ErrnoException) => {
    // Half a log might lack what went wrong.
    throw error.code === 'ENOSPC' ? diskFull(log, error) : error;
  });
  if (code !== 0) throw whyFailed(read, code, run);
}

function whyFailed(read: MakeOutput, code: number, { goals, log, jobs }: MakeRun): Error {
  const fault = read.fault();
  const theLog = `all that make printed: ${log}`;
  switch (fault?.kind) {
    case 'disk-full':
      return diskFull(log, undefined, toLine(fault.line));
    case 'out-of-memory':
      return new InfraError(`no memory left to build a kernel with ${jobs} compilers at once`, {
        code: 'OUT_OF_MEMORY',
        remedy: `let other programs end first; ${theLog}`,
        output: toLine(fault.line),
      });
    case 'sources':
      return new UsageError(`the sources do not compile: ${toLine(fault.error, 400)}`, {
        code: 'BUILD_FAILED',
        remedy: remedyFor(fault.error, theLog),
        ...(fault.excerpt.length > 0 ? { output: toPrintable(fault.excerpt.join('\n')) } : {}),
      });
    case undefined:
      return new UsageError(`make ${goals.join(' ')}: failed with exit code ${code}`, {
        code: 'BUILD_FAILED',
        remedy: theLog,
      });
  }
}

/** Configurations of distributions name files of their own package's build. */
function remedyFor(error: string, theLog: string): string {
  if (/No rule to make target '[^']*\.pem'/.test(error)) {
    return `set CONFIG_SYSTEM_TRUSTED_KEYS="" and CONFIG_SYSTEM_REVOCATION_KEYS=""; ${theLog}`;
  }
  if (error.includes('The source tree is not clean')) {
    return 'run make mrproper there: kmx builds in a folder of its own';
  }
  return theLog;
}
