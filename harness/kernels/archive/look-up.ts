import { ArchiveFault } from './archive-entry.ts';
import type { Folder, Node } from './tree-node.ts';

/** As many as the kernel follows (path_resolution(7)). */
const LINKS_MAX = 40;
/** Names in links that are followed, and names that are hidden; a real image has some thousands. */
const STEPS_MAX = 5_000_000;

/** Bounds what is done for all paths of a tree together. */
export class StepBudget {
  #spent = 0;

  /** Throws an ArchiveFault if nothing is left. */
  spend(steps: number): void {
    this.#spent += steps;
    if (this.#spent > STEPS_MAX) throw new ArchiveFault('an archive that leads in circles');
  }
}

export interface LookedUp {
  readonly node: Node | undefined;
  /** The names on the way without links; up to the last one that was followed if these are endless. */
  readonly real: readonly string[];
  readonly isEndless: boolean;
}

/** Follows the links on the way to a path, and with `all` the one at its end. None leads out of the tree. */
export function lookUp(
  root: Folder,
  path: string,
  follow: 'parents' | 'all',
  budget: StepBudget,
): LookedUp {
  const left = path.split('/').reverse();
  const real: string[] = [];
  const way: (Node | undefined)[] = [root];
  let links = 0;
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (name === '' || name === '.') continue;
    if (name === '..') {
      // Above the root is the root.
      if (real.pop() !== undefined) way.pop();
      continue;
    }
    const folder = way.at(-1);
    const node = folder?.kind === 'folder' ? folder.children.get(name) : undefined;
    if (node?.kind === 'link' && (left.length > 0 || follow === 'all')) {
      links++;
      if (links > LINKS_MAX) return { node: undefined, real, isEndless: true };
      const names = node.target.split('/').reverse();
      budget.spend(names.length);
      if (node.target.startsWith('/')) {
        real.length = 0;
        way.length = 1;
      }
      left.push(...names);
      continue;
    }
    real.push(name);
    way.push(node);
  }
  return { node: way.at(-1), real, isEndless: false };
}
