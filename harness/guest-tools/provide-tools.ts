/**
 * Programs for guests out of Debian's packages: the programs, their loader and their libraries. Nothing
 * is installed on the host, nothing of the packages is run there, and nothing of the host is used, so
 * that they are the same everywhere.
 */
import { readFileSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cachedEntry } from '../cache/cached-entry.ts';
import { digestOf, nameOfDigest } from '../cache/digest.ts';
import type { ArchiveContext } from '../debian/archive-context.ts';
import { resolveInstallation } from '../debian/installation.ts';
import { LIST_AGE_MS } from '../debian/kept-answer.ts';
import type { PackageFile } from '../debian/package-file.ts';
import { sizeOfFilesIn, trackFetch } from '../debian/track-fetch.ts';
import { InfraError } from '../errors.ts';
import type { FileEntry } from '../file-entry.ts';
import { libraryClosure } from '../images/library-closure.ts';
import { type UnpackedPackages, unpackPackages } from '../images/unpacked-packages.ts';
import {
  launcherOf,
  TOOL_LIBRARY_FOLDER,
  TOOL_OWN_FOLDER,
  TOOL_PROGRAM_FOLDER,
} from './tool-layout.ts';
import { TOOL_PROGRAMS, type ToolName } from './tool-programs.ts';

const SUITE = 'trixie';
/** Changes when the same packages give other files. */
const FORMAT = 1;
/** Folders of an entry of the cache, and where their files lie in a guest. */
const FOLDERS = {
  bin: TOOL_PROGRAM_FOLDER,
  libexec: TOOL_OWN_FOLDER,
  lib: TOOL_LIBRARY_FOLDER,
} as const;

/**
 * The files of some tools, as they are to lie in a guest; busybox is always among them, as the others
 * are started by it. From the cache if they were used before, by lists that are at most a day old.
 * Throws an InfraError if the packages cannot be had or do not hold what they should.
 */
export async function provideTools(
  names: readonly ToolName[],
  context: ArchiveContext,
): Promise<readonly FileEntry[]> {
  const wanted = [...new Set<ToolName>(['busybox', ...names])].sort();
  const folders = await Promise.all(wanted.map((name) => provideTool(name, context)));
  const files = (await Promise.all(folders.map(readEntries))).flat();
  // Programs share libraries; those of one suite are the same.
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

async function provideTool(name: ToolName, context: ArchiveContext): Promise<string> {
  const packageName = TOOL_PROGRAMS[name].package;
  const installation = { suites: [SUITE], packages: [packageName] };
  const packages = await resolveInstallation(context, installation, LIST_AGE_MS);
  const lines = packages.map((file) => `${file.name} ${file.version} ${file.sha256}`);
  const digest = digestOf([FORMAT, name, ...lines.toSorted()].join('\n'));
  const key = `guest-tools/${name}-${nameOfDigest(digest)}`;
  return await cachedEntry(context.cacheRoot, key, async (folder) => {
    if (context.offline) throw notKept(name);
    await fillEntry(folder, name, packages, context);
  });
}

async function fillEntry(
  folder: string,
  name: ToolName,
  packages: readonly PackageFile[],
  { onProgress }: ArchiveContext,
): Promise<void> {
  const debs = join(folder, 'packages');
  await mkdir(debs);
  const version = packages.find((file) => file.name === TOOL_PROGRAMS[name].package)?.version;
  const tracking = {
    what: `${TOOL_PROGRAMS[name].package} ${version} for guests`,
    bytesTotal: packages.reduce((sum, { bytes = 0 }) => sum + bytes, 0),
    countBytes: () => sizeOfFilesIn(debs),
    onProgress,
  };
  const unpacked = await trackFetch(tracking, () => unpackPackages(debs, packages));
  await placeFiles(folder, name, unpacked);
  await rm(debs, { recursive: true });
}

async function placeFiles(
  folder: string,
  name: ToolName,
  unpacked: UnpackedPackages,
): Promise<void> {
  const { path } = TOOL_PROGRAMS[name];
  const closure = libraryClosure([path], (file) => {
    const found = unpacked.find(file);
    return found && readFileSync(found.source);
  });
  if (closure.kind === 'incomplete') throw unexpectedLayout(name, closure.missing);
  for (const inside of Object.keys(FOLDERS)) await mkdir(join(folder, inside));
  const copy = async (from: string, to: string): Promise<void> => {
    const found = unpacked.find(from);
    if (found === undefined) throw unexpectedLayout(name, from);
    await copyFile(found.source, join(folder, to));
  };
  const loader = [...closure.files.keys()].find((file) => /\/ld-[^/]*$/.test(file));
  if (loader === undefined) {
    await copy(path, `bin/${name}`);
    return;
  }
  await copy(path, `libexec/${name}`);
  for (const [to, from] of closure.files) await copy(from, `lib/${basename(to)}`);
  await writeFile(join(folder, 'bin', name), launcherOf(name, basename(loader)));
}

async function readEntries(folder: string): Promise<FileEntry[]> {
  const entries: FileEntry[] = [];
  for (const [inside, inGuest] of Object.entries(FOLDERS)) {
    for (const name of await readdir(join(folder, inside))) {
      const content = await readFile(join(folder, inside, name));
      entries.push({ kind: 'file', path: `${inGuest}/${name}`, mode: 0o755, content });
    }
  }
  return entries;
}

function unexpectedLayout(name: ToolName, what: string): InfraError {
  const { package: packageName } = TOOL_PROGRAMS[name];
  return new InfraError(`${packageName} and what it depends on do not have ${what}`, {
    code: 'PACKAGE_LAYOUT',
    remedy: 'Debian may have moved it: please report it',
  });
}

function notKept(name: ToolName): InfraError {
  return new InfraError(`offline, and ${name} for guests was not fetched before`, {
    code: 'OFFLINE',
    remedy: 'run once with the network, without --offline',
  });
}
