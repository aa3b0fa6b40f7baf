/** Which module imported which, by path. */
export interface ModuleGraph {
  /** False if that was known already. */
  add(parent: string, child: string): boolean;
  /** A file and everything it has imported, directly or indirectly; sorted, without duplicates. */
  closureOf(file: string): readonly string[];
}

export function createModuleGraph(): ModuleGraph {
  const imports = new Map<string, Set<string>>();
  return {
    add(parent, child) {
      const children = imports.get(parent) ?? new Set();
      if (children.has(child)) return false;
      imports.set(parent, children.add(child));
      return true;
    },
    closureOf(file) {
      const reached = new Set([file]);
      // Iterating over a set includes what is added meanwhile.
      for (const path of reached) {
        for (const child of imports.get(path) ?? []) reached.add(child);
      }
      return [...reached].toSorted();
    },
  };
}
