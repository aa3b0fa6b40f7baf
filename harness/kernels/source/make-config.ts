import { diskFull } from '../../cache/storage-error.ts';
import { UsageError } from '../../errors.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { toPrintable } from '../../text.ts';
import type { Compiler } from './compiler.ts';
import { ARCH } from './read-kconfig.ts';

export interface ConfigRun {
  readonly compiler: Compiler;
  /** With the sources, absolute. */
  readonly tree: string;
  /** Everything that is written goes there; absolute. */
  readonly output: string;
  /** Of make: `olddefconfig`. */
  readonly goal: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** What people are shown of what make prints. */
const LINES_SHOWN = 12;

/** Throws a UsageError if make fails, an InfraError if the disk is full, the signal's reason if it is aborted. */
export async function makeConfig(run: ConfigRun): Promise<void> {
  const { compiler, tree, output, goal, environment, signal } = run;
  const lines: string[] = [];
  const words = ['make', '--silent', `O=${output}`, `ARCH=${ARCH}`, goal];
  const code = await compiler.run(['nice', ...words], {
    folder: tree,
    readable: [tree],
    writable: [output],
    onLine: (line) => {
      lines.push(line);
      if (lines.length > LINES_SHOWN) lines.shift();
    },
    ...omitUndefined({ environment, signal }),
  });
  if (code === 0) return;
  const printed = toPrintable(lines.join('\n'));
  if (printed.includes('No space left on device')) throw diskFull(output, undefined, printed);
  throw new UsageError(`make ${goal} failed in ${tree}, with exit code ${code}`, {
    code: 'CONFIGURE_FAILED',
    remedy: 'look at what make says: the sources may be broken, or too old for this compiler',
    output: printed,
  });
}
