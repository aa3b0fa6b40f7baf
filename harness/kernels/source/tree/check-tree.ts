import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../../../errors.ts';
import { toLine } from '../../../text.ts';
import { FileFault, readRegularFile } from '../../read-regular-file.ts';
import { versionInMakefile } from './makefile-version.ts';

/** Linux 6.12 has one of 70 KiB. */
const MAKEFILE_BYTES_MAX = 4 * 1024 * 1024;

/** Files without which no kernel can be configured. */
export const TREE_FILES = ['Makefile', 'Kconfig', 'scripts/kconfig/Makefile'] as const;

const SHOWN_NAMES = 6;

/**
 * The version of the sources of Linux in a folder. Throws a UsageError if they are not there.
 * @param shown The folder as the user knows it.
 */
export async function checkTree(folder: string, shown: string): Promise<string> {
  const makefile = await readMakefile(folder, shown);
  const version = makefile === undefined ? undefined : versionInMakefile(makefile);
  const missing = await missingFiles(folder);
  if (version !== undefined && missing.length === 0) return version;
  const found =
    makefile === undefined || version !== undefined
      ? `no ${missing[0]} but ${await describeNames(folder)}`
      : 'a Makefile of something else, without VERSION, PATCHLEVEL and SUBLEVEL';
  throw noTree(shown, found);
}

const REMEDY = 'name the folder, archive or commit whose top has the Makefile of Linux';

/** @param found A noun phrase. */
export function noTree(
  shown: string,
  found: string,
  { cause, remedy = REMEDY }: { readonly cause?: unknown; readonly remedy?: string } = {},
): UsageError {
  return new UsageError(
    `${shown}: expected the sources of Linux (${TREE_FILES.join(', ')}); found ${found}`,
    { code: 'NO_KERNEL_TREE', remedy, cause },
  );
}

async function readMakefile(folder: string, shown: string): Promise<string | undefined> {
  try {
    const limits = { bytesMax: MAKEFILE_BYTES_MAX };
    return (await readRegularFile(join(folder, 'Makefile'), limits)).toString();
  } catch (error) {
    if (error instanceof FileFault)
      throw noTree(shown, `a Makefile that is ${error.message}`, { cause: error });
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw noTree(shown, toLine(message), { cause: error });
  }
}

async function missingFiles(folder: string): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const file of TREE_FILES) {
    const head = { bytesMax: MAKEFILE_BYTES_MAX, headBytes: 0 };
    const isThere = await readRegularFile(join(folder, file), head).then(
      () => true,
      () => false,
    );
    if (!isThere) missing.push(file);
  }
  return missing;
}

async function describeNames(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => []);
  if (names.length === 0) return 'nothing';
  const shown = names
    .toSorted()
    .slice(0, SHOWN_NAMES)
    .map((name) => toLine(name));
  return `${shown.join(', ')}${names.length > SHOWN_NAMES ? ', …' : ''}`;
}
