import { CLASSIFICATION_VERSION, type Classification } from '../classify/classification.ts';
import type { LogStream } from '../classify/log-stream.ts';
import { hasCrash, worstClass } from '../classify/worst.ts';
import { UsageError } from '../errors.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { jsonPieces } from '../reporters/json-pieces.ts';
import { classifyFiles, STANDARD_INPUT } from './classify-files.ts';
import { nameOf } from './classify-finding-text.ts';
import { renderClassification } from './classify-text.ts';
import { colorsFor } from './colors.ts';
import { commandLine } from './command-line.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { loadKnownFailures } from './known-failures.ts';
import { outputWidth } from './output-width.ts';
import { printError } from './print-error.ts';

export interface ClassifyCommandOptions {
  readonly matrix: string;
  readonly stream?: LogStream;
  readonly expectations?: string;
  readonly json?: boolean;
}

/**
 * Prints what is in the logs. Exit code 1 if any of them has a crash, also if others could not be read:
 * what was found stands. Else 2 if any could not be read, since there may be a crash in it.
 */
export async function classify(
  names: readonly string[],
  { matrix, stream, expectations, json }: ClassifyCommandOptions,
): Promise<number> {
  const wanted = checkNames(names);
  const { known, fault } = loadKnownFailures(matrix, expectations);
  const today = new Date().toISOString().slice(0, 10);
  const { files, unread, skipped } = await classifyFiles(wanted, { stream, known, today });
  const worst = worstClass(files);
  const classification = {
    version: CLASSIFICATION_VERSION,
    worst,
    files,
    unread,
    skipped,
  } as const;
  if (fault !== undefined) {
    printError(fault);
    process.stderr.write('  the logs were classified without it\n');
  }
  if (json === true) printJson(classification);
  else {
    const text = renderClassification(classification, {
      colors: colorsFor(process.stdout, process.env),
      width: outputWidth(),
      command: (words) => commandLine(words, process.env),
    });
    process.stdout.write(text);
  }
  for (const { file, problem, remedy } of unread) {
    printError(
      new UsageError(`${nameOf({ file })}: ${problem}`, {
        code: 'LOG_UNREAD',
        ...omitUndefined({ remedy }),
      }),
    );
  }
  if (files.some(hasCrash)) return EXIT_CODES.bad;
  return unread.length > 0 ? EXIT_CODES.usage : EXIT_CODES.good;
}

const EXAMPLE = 'for example: kmx classify console.log, or: dmesg | kmx classify';

/** The names without repeats; standard input if there are none. */
function checkNames(names: readonly string[]): readonly string[] {
  if (names.length === 0 && process.stdin.isTTY) {
    throw new UsageError('expected files, folders or a log on standard input, found a terminal', {
      code: 'CLASSIFY_NOTHING',
      remedy: EXAMPLE,
    });
  }
  if (names.includes('')) {
    throw new UsageError('expected the name of a file, found an empty one', {
      code: 'CLASSIFY_EMPTY_NAME',
      remedy: EXAMPLE,
    });
  }
  return names.length === 0 ? [STANDARD_INPUT] : [...new Set(names)];
}

function printJson(classification: Classification): void {
  for (const piece of jsonPieces(classification)) process.stdout.write(piece);
  process.stdout.write('\n');
}
