import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digestFile, digestOf } from '../cache/digest.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** The rooms that run tests and decide on them. */
export const DIGESTED_ROOMS = [
  'agents',
  'channel',
  'live-guest',
  'machine',
  'results',
  'run',
  'verdict',
  'worker',
] as const;

/**
 * What they may import besides: its effect on a result shows in other parts of the result's key, or it
 * has none.
 */
export const OTHER_ROOMS = [
  'cache',
  'expectations',
  'guest-tools',
  'kernels',
  'matrix',
  'needs',
  'prepare',
  'report',
  'trace',
] as const;

export const DIGESTED_LEAVES = [
  'errors.ts',
  'events.ts',
  'file-entry.ts',
  'guest-facts.ts',
  'omit-undefined.ts',
  'parse-json.ts',
  'shell-command.ts',
  'text.ts',
] as const;

/** `sha256:…` over our own code that results depend on, and over what is installed for it. */
export async function digestCode(project: string = PROJECT): Promise<string> {
  const harness = join(project, 'harness');
  const rooms = await Promise.all(DIGESTED_ROOMS.map((room) => listCode(join(harness, room))));
  const files = [...rooms.flat(), ...DIGESTED_LEAVES.map((leaf) => join(harness, leaf))].toSorted();
  const digests = await Promise.all(
    files.map(async (file) => [relative(project, file), await digestFile(file)]),
  );
  const packages = [join(project, 'package.json'), ...(await findPackageList(project))];
  const texts = await Promise.all(packages.map((file) => readFile(file, 'utf8')));
  return digestOf(JSON.stringify([digests, texts]));
}

async function listCode(room: string): Promise<readonly string[]> {
  const paths = await readdir(room, { recursive: true });
  return paths
    .filter((path) => path.endsWith('.ts') && !/test\.ts$|(^|\/)testing\//.test(path))
    .map((path) => join(room, path));
}

/** Where npm notes what it has installed; package-lock.json may be ahead of that. */
async function findPackageList(project: string): Promise<readonly string[]> {
  const installed = join(project, 'node_modules');
  const names: readonly string[] = await readdir(installed).catch(() => []);
  const hidden = '.package-lock.json';
  return [names.includes(hidden) ? join(installed, hidden) : join(project, 'package-lock.json')];
}
