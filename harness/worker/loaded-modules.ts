/**
 * Which files a spec file has really imported, according to Node (`module.registerHooks`), much
 * like a compiler's dependency files. Packages are left out, since npm's list of installed packages
 * covers them. Files that code reads without importing them are not seen.
 */
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { createModuleGraph, type ModuleGraph } from './module-graph.ts';

const PACKAGES = '/node_modules/';

export interface LoadedModules {
  /** Incremented whenever there is something new. */
  readonly changes: number;
  /** `sha256:…` by path: of a file and everything it has imported so far, as they were loaded. */
  digestsOf(file: string): Readonly<Record<string, string>>;
}

/** Watches from now on, until the process ends. */
export function watchLoadedModules(): LoadedModules {
  const graph: ModuleGraph = createModuleGraph();
  const digests = new Map<string, string>();
  let changes = 0;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier, context);
      const child = pathOf(resolved.url);
      const parent = context.parentURL === undefined ? undefined : pathOf(context.parentURL);
      if (child !== undefined && parent !== undefined && graph.add(parent, child)) changes += 1;
      return resolved;
    },
    load(url, context, nextLoad) {
      const path = pathOf(url);
      // Before loading: a file that changes in between gets a digest that never matches.
      if (path !== undefined) {
        digests.set(path, `sha256:${hash('sha256', readFileSync(path))}`);
        changes += 1;
      }
      return nextLoad(url, context);
    },
  });
  return {
    get changes() {
      return changes;
    },
    digestsOf: (file) =>
      Object.fromEntries(
        graph.closureOf(file).map((path) => [path, digests.get(path) ?? 'not loaded']),
      ),
  };
}

/** The path of a file that belongs to no package. */
function pathOf(url: string): string | undefined {
  if (!url.startsWith('file:')) return undefined;
  const path = fileURLToPath(new URL(url));
  return path.includes(PACKAGES) ? undefined : path;
}
