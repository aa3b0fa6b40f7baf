/**
 * The needs that come with kmx. Reading and checking their YAML takes 200 ms, most of what `kmx check` may
 * take: the outcome is kept beside the npm packages, by the digest of all that it is made from.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentNeeds } from '../needs/agent-needs.ts';
import type { Feature, Features } from '../needs/feature.ts';
import { needsCodeRoot, needsRoot, packagesRoot } from './project.ts';

export interface LoadedNeeds {
  readonly features: Features;
  /** The user's own first: of several about an agent of a matrix the first counts. */
  readonly agents: readonly AgentNeeds[];
}

interface KeptNeeds {
  readonly features: readonly (readonly [string, Feature])[];
  readonly agents: readonly AgentNeeds[];
}

/** What is kept, or else what `load` returns, which is then kept. */
export function loadBuiltInNeeds(load: () => LoadedNeeds): LoadedNeeds {
  const folder = join(packagesRoot, '.cache', 'kmx-needs');
  const file = join(folder, `${digestInputs()}.json`);
  const kept = readKept(file);
  if (kept !== undefined) return { ...kept, features: new Map(kept.features) };
  const loaded = load();
  keep(folder, file, { ...loaded, features: [...loaded.features] });
  return loaded;
}

/** The files themselves, and the code that reads them. */
function digestInputs(): string {
  const hash = createHash('sha256');
  for (const folder of [needsRoot, needsCodeRoot]) {
    const files = readdirSync(folder).filter((name) => /\.(yaml|ts)$/.test(name));
    for (const name of files.toSorted()) hash.update(readFileSync(join(folder, name))).update('\0');
  }
  return hash.digest('hex').slice(0, 32);
}

function readKept(file: string): KeptNeeds | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as KeptNeeds;
  } catch (error) {
    // Not there yet, or cut off by a power loss.
    const isToMake = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (isToMake || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A project folder that cannot be written to, or a full disk, makes kmx slower and nothing else. */
const HARMLESS = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'ENOENT']);

function keep(folder: string, file: string, needs: KeptNeeds): void {
  const draft = `${file}.${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true });
    for (const old of readdirSync(folder)) {
      if (old.endsWith('.json')) rmSync(join(folder, old), { force: true });
    }
    writeFileSync(draft, JSON.stringify(needs));
    renameSync(draft, file);
  } catch (error) {
    if (!HARMLESS.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
