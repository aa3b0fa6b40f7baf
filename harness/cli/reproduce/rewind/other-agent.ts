import { resolve } from 'node:path';
import type { Cell } from '../../../matrix/cell.ts';
import { type AgentSource, type Matrix, namedValue } from '../../../matrix/matrix.ts';
import { type AgentFiles, prepareAgent } from '../../../prepare/agent-files.ts';
import { guestBinaries } from '../../project.ts';

/**
 * An agent of the matrix by its name, or the program at a path, started like the cell's. Throws like
 * `prepareAgent`.
 */
export async function otherAgent(
  word: string,
  { matrix, cell, cacheRoot }: { matrix: Matrix; cell: Cell; cacheRoot: string },
): Promise<AgentFiles> {
  const own = namedValue(matrix.agents, cell.agent);
  const source = matrix.agents.get(word) ?? atPath(resolve(word), own);
  return await prepareAgent(source, guestBinaries.agent, cacheRoot);
}

function atPath(path: string, own: AgentSource): AgentSource {
  if (own.kind === 'reference') {
    const options = [`--guard=${own.guard}`];
    return { kind: 'kata', path, arguments: options, environment: {}, libraryPath: [] };
  }
  const { archived: _, ...rest } = own;
  return { ...rest, path };
}
