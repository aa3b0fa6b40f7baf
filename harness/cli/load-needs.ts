/** Reads `needs/`: what comes with kmx, and what a user adds to it. */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UsageError } from '../errors.ts';
import type { AgentNeeds } from '../needs/agent-needs.ts';
import type { Features } from '../needs/feature.ts';
import { parseFeatures, parseNeeds } from '../needs/parse.ts';
import { loadChecked } from './load-checked.ts';
import { listScenarios, needsRoot } from './project.ts';

const FEATURES = 'features.yaml';

export interface LoadedNeeds {
  readonly features: Features;
  /** The user's own first: of several about an agent of a matrix the first counts. */
  readonly agents: readonly AgentNeeds[];
}

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
  const none = { features: new Map(), agents: [] };
  return foldersOf(options).reduce<LoadedNeeds>(readFolder, none);
}

/** What kernels offer and what that takes, without any agent's needs. */
export function loadFeatures(options: NeedsOptions = {}): Features {
  return foldersOf(options).reduce<Features>(readFeatures, new Map());
}

/** The built-in folder and then the user's. */
function foldersOf({ needs, matrix }: NeedsOptions): readonly string[] {
  if (needs !== undefined) return [needsRoot, needs];
  const beside = matrix === undefined ? undefined : join(dirname(matrix), 'needs');
  if (beside === undefined || !existsSync(beside)) return [needsRoot];
  return realpathSync(beside) === realpathSync(needsRoot) ? [needsRoot] : [needsRoot, beside];
}

function readFolder(known: LoadedNeeds, folder: string): LoadedNeeds {
  const features = readFeatures(known.features, folder);
  const scenarios = listScenarios();
  const agents = listFiles(folder)
    .filter((file) => file !== FEATURES)
    .flatMap(
      (file) =>
        loadChecked(kindOf(join(folder, file)), (text) =>
          parseNeeds(text, { known: features, scenarios }),
        ).agents,
    );
  const names = new Set(agents.map(({ name }) => name));
  return { features, agents: [...agents, ...known.agents.filter(({ name }) => !names.has(name))] };
}

function readFeatures(known: Features, folder: string): Features {
  if (!listFiles(folder).includes(FEATURES)) return known;
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
