import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { UsageError } from '../../errors.ts';
import type { AgentSource, Matrix, Profile } from '../../matrix/matrix.ts';
import { listWords, quote } from '../../matrix/problem.ts';
import { suggestName } from '../../matrix/suggest.ts';

export interface WatchedAgent {
  /** Absolute path of the agent, or of the archive that it is in. */
  readonly file: string;
  /** With no other agents. */
  readonly matrix: Matrix;
}

/**
 * The agent that is watched: one that the matrix has by this name or with this file, or else this file as another
 * agent, in the place of all that the matrix has.
 * @param word A name or a path.
 * @param reference Path of the reference agent.
 */
export function chooseAgent(word: string, matrix: Matrix, reference: string): WatchedAgent {
  const fileOf = (agent: AgentSource): string =>
    resolve(agent.kind === 'reference' ? reference : agent.path);
  const named = matrix.agents.get(word);
  const file = named === undefined ? resolve(word) : fileOf(named);
  const known = [...matrix.agents].filter(([name, agent]) =>
    named === undefined ? fileOf(agent) === file : name === word,
  );
  if (known.length > 0) return { file, matrix: { ...matrix, agents: new Map(known) } };
  const added: AgentSource = {
    ...{ kind: 'kata', path: file, arguments: [], environment: {}, libraryPath: [] },
  };
  const profiles = [...matrix.profiles].map(
    ([name, profile]) => [name, withAnyAgent(profile)] as const,
  );
  const agents = new Map([[agentName(file), added]]);
  return { file, matrix: { ...matrix, agents, profiles: new Map(profiles) } };
}

/** A profile cannot name an agent that the matrix does not have. */
function withAnyAgent({ select, ...profile }: Profile): Profile {
  return {
    ...profile,
    select: select.map(({ cells: { agent: _agent, ...cells }, ...selection }) => ({
      ...selection,
      cells,
    })),
  };
}

/** Throws a UsageError if the file is not there: kernels would be fetched before anybody noticed. */
export function checkIsThere(word: string, { file }: WatchedAgent, { agents }: Matrix): void {
  if (existsSync(file)) return;
  const names = [...agents.keys()];
  const near = suggestName(word, names);
  const what = agents.has(word)
    ? `its file ${file}, found none`
    : 'a file or the name of an agent, found neither';
  throw new UsageError(`--agent ${word}: expected ${what}`, {
    code: 'AGENT_MISSING',
    remedy:
      near === undefined || near === word
        ? `build it first, or name one of: ${listWords(names)}`
        : `did you mean ${quote(near)}?`,
  });
}

const NAME_LENGTH_MAX = 60;

/** What the matrix would take for a name: see `namedValues` of its schema. */
function agentName(file: string): string {
  const name = basename(file)
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, NAME_LENGTH_MAX);
  return name === '' ? 'agent' : name;
}
