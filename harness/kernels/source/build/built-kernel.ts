/** What is kept of a build: an entry of the cache with image, configuration, modules and a record. */
import { chmod, copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { countBuiltIn } from '../../../kconfig/kernel-config.ts';
import { parseKernelConfig } from '../../../kconfig/parse-config.ts';
import { omitUndefined } from '../../../omit-undefined.ts';
import { parseJson } from '../../../parse-json.ts';
import { digestKernel } from '../../kernel-digest.ts';
import { readKernelRelease } from '../../kernel-file.ts';
import type { BootableKernel } from '../../kernel-image.ts';

const IMAGE = 'bzImage';
const CONFIG = 'config';
const MODULES = 'modules';
const RECORD = 'build.json';

/** How a kernel was built, for those who want to know how long the next one will take. */
export interface BuildFacts {
  /** Digest of the tree. */
  readonly tree: string;
  readonly seconds: number;
  /** Objects of the kernel that were compiled. */
  readonly objects: number;
  /** Whether objects of an earlier build were there. */
  readonly isIncremental: boolean;
  readonly jobs: number;
}

interface BuildRecord extends BuildFacts {
  readonly release: string;
  readonly digest: string;
  readonly hasModules: boolean;
}

/** Where make has left what is to be kept; absolute. */
export interface BuildResult {
  readonly image: string;
  readonly config: string;
  /** The folder to take them from, and their paths in it. */
  readonly modules?: { readonly folder: string; readonly paths: readonly string[] };
}

/** Fills an empty folder. */
export async function keepKernel(
  folder: string,
  { image, config, modules }: BuildResult,
  facts: BuildFacts,
): Promise<void> {
  await keep(image, join(folder, IMAGE));
  await keep(config, join(folder, CONFIG));
  for (const path of modules?.paths ?? []) {
    await keep(join(modules?.folder ?? '', path), join(folder, MODULES, 'kernel', path));
  }
  const files = filesOf(folder, modules !== undefined);
  const record: BuildRecord = {
    release: await readKernelRelease(files.image),
    digest: await digestKernel(files),
    hasModules: modules !== undefined,
    ...facts,
  };
  await writeFile(join(folder, RECORD), JSON.stringify(record, null, 2));
}

/** A copy that nobody may change. */
async function keep(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await copyFile(from, to);
  await chmod(to, 0o444);
}

/** The kernel in an entry that `keepKernel` filled. */
export async function readBuiltKernel(
  entry: string,
): Promise<Omit<BootableKernel, 'origin' | 'built'> & Pick<BuildFacts, 'seconds'>> {
  const record = JSON.parse(await readFile(join(entry, RECORD), 'utf8')) as BuildRecord;
  const { release, digest, hasModules, seconds } = record;
  return { release, digest, ...filesOf(entry, hasModules), configFrom: 'build', seconds };
}

function filesOf(folder: string, hasModules: boolean) {
  return omitUndefined({
    image: join(folder, IMAGE),
    config: join(folder, CONFIG),
    modules: hasModules ? join(folder, MODULES) : undefined,
  });
}

/** A build whose result is in the cache. */
export interface PastBuild extends BuildFacts {
  /** Symbols of its configuration that are `y`: what the number of its objects goes with. */
  readonly symbols: number;
}

/** What is known of the builds in the cache. */
export async function listPastBuilds(root: string): Promise<PastBuild[]> {
  const folder = join(root, 'builds');
  const names = await readdir(folder).catch(() => []);
  const builds = await Promise.all(names.map((name) => readPastBuild(join(folder, name))));
  return builds.filter((build) => build !== undefined);
}

/** Undefined if the entry is not whole. */
async function readPastBuild(entry: string): Promise<PastBuild | undefined> {
  const [record = '', config = ''] = await Promise.all(
    [RECORD, CONFIG].map((name) => readFile(join(entry, name), 'utf8').catch(() => '')),
  );
  const facts = parseJson(record) as BuildFacts | undefined;
  const parsed = parseKernelConfig(Buffer.from(config));
  if (facts === undefined || parsed.kind === 'no-config') return undefined;
  return { ...facts, symbols: countBuiltIn(parsed.config) };
}
