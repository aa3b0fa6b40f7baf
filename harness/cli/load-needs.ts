/** Reads `needs/`: what comes with kmx, and what a user adds to it. */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { UsageError } from '../errors.ts';
import type { Features } from '../needs/feature.ts';
import { type LoadedNeeds, loadBuiltInNeeds } from './built-in-needs.ts';
import { listScenarios, needsRoot } from './project.ts';

const FEATURES = 'features.yaml';

export interface NeedsOptions {
  /** A folder of the user's own. */
  readonly needs?: string | undefined;
  /** The matrix file: the folder `needs` beside it is read, too, if there is one. */
  readonly matrix?: string | undefined;
}

/**
 * A user's feature or agent replaces the built-in one of the same name. Throws a UsageError that lists
 * all faults of a file.
 */
export function loadNeeds(options: NeedsOptions = {}): LoadedNeeds {
  const builtIn = loadBuiltIn();
  const folder = userFolder(options);
  return folder === undefined ? builtIn : readFolder(builtIn, folder);
}

/** What kernels offer and what that takes, without any agent's needs. */
export function loadFeatures(options: NeedsOptions = {}): Features {
  const builtIn = loadBuiltIn().features;
  const folder = userFolder(options);
  return folder === undefined ? builtIn : readFeatures(builtIn, folder);
}

function loadBuiltIn(): LoadedNeeds {
  return loadBuiltInNeeds(() => readFolder({ features: new Map(), agents: [] }, needsRoot));
}

function userFolder({ needs, matrix }: NeedsOptions): string | undefined {
  if (needs !== undefined) return needs;
  const beside = matrix === undefined ? undefined : join(dirname(matrix), 'needs');
  if (beside === undefined || !existsSync(beside)) return undefined;
  return realpathSync(beside) === realpathSync(needsRoot) ? undefined : beside;
}

const require = createRequire(import.meta.url);

/** They load zod and yaml, which most commands can do without: see built-in-needs.ts. */
function readers() {
  return {
    ...(require('../needs/parse.ts') as typeof import('../needs/parse.ts')),
    ...(require('./load-checked.ts') as typeof import('./load-checked.ts')),
  };
}

function readFolder(known: LoadedNeeds, folder: string): LoadedNeeds {
  const { loadChecked, parseNeeds } = readers();
  const features = readFeatures(known.features, folder);
  const scenarios = listScenarios();
  const inFiles = listFiles(folder)
    .filter((file) => file !== FEATURES)
    .flatMap((file) => {
      const { agents } = loadChecked(kindOf(join(folder, file)), (text) =>
        parseNeeds(text, { known: features, scenarios }),
      );
      return agents.map((agent) => ({ file: join(folder, file), agent }));
    });
  const files = new Map<string, string>();
  for (const { file, agent } of inFiles) {
    const first = files.get(agent.name);
    if (first !== undefined) throw namedTwice(agent.name, first, file);
    files.set(agent.name, file);
  }
  const own = inFiles.map(({ agent }) => agent);
  return { features, agents: [...own, ...known.agents.filter(({ name }) => !files.has(name))] };
}

function namedTwice(name: string, first: string, second: string): UsageError {
  return new UsageError(`${second}: the agent ${name} is in ${first}, too`, {
    code: 'NEEDS_TWICE',
    remedy: 'give one of them another name, or put their needs together',
  });
}

function readFeatures(known: Features, folder: string): Features {
  if (!listFiles(folder).includes(FEATURES)) return known;
  const { loadChecked, parseFeatures } = readers();
  const scenarios = listScenarios();
  const { features } = loadChecked(kindOf(join(folder, FEATURES)), (text) =>
    parseFeatures(text, { known, scenarios }),
  );
  return new Map([...known, ...features]);
}

function kindOf(file: string) {
  const remedy = 'make sure that you may read it, or name another folder with --needs';
  return { file, what: 'the needs', code: 'NEEDS', remedy };
}

function listFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((file) => file.endsWith('.yaml'))
      .toSorted();
  } catch (cause) {
    throw new UsageError(`cannot read the folder of needs ${folder}: ${(cause as Error).message}`, {
      code: 'NEEDS_UNREADABLE',
      remedy: 'name a folder with --needs FOLDER: docs/needs.md says what lies there',
      cause,
    });
  }
}
