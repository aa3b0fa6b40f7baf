/** What `kmx doctor` says about building kernels. Guests of packaged kernels run without any of it. */
import { InfraError } from '../errors.ts';
import { hostCompiler } from '../kernels/source/host-compiler.ts';
import { pathFault } from '../kernels/source/path-fault.ts';
import { findMissing, lackOf, nameOf, type Tool, toolsFor } from '../kernels/source/tools.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { HostCheck } from './host-checks.ts';

const NAME = 'kernel builds';

/** Where an engine answers, kernels need nothing else of the host. */
export const ENGINE_BUILDS: HostCheck = {
  name: 'engine builds',
  state: 'fine',
  found: '--build-in container builds kernels with tools that are fetched from Debian',
};

/** Symbols that need more tools than the minimal base, and that distributions set. */
const OF_DISTRIBUTIONS = ['UNWINDER_ORC', 'MODULE_SIG', 'DEBUG_INFO_BTF'];

/**
 * Whether this host can build kernels.
 * @param folder The cache, where they are built.
 * @param has Whether the host has a tool; for tests.
 */
export async function checkBuilds(
  folder: string,
  has?: (tool: Tool) => Promise<boolean>,
): Promise<HostCheck> {
  const fault = pathFault(folder);
  if (fault !== undefined) {
    return {
      name: NAME,
      state: 'reduced',
      found: `Linux cannot be built below ${folder}, with '${fault}' in the path`,
      remedy: 'put the cache elsewhere with KMX_CACHE=FOLDER',
    };
  }
  const tools = toolsFor(new Map(OF_DISTRIBUTIONS.map((symbol) => [symbol, 'y'])));
  const missing = await findMissing(tools, has);
  return missing.length === 0 ? await describeCompiler() : describeMissing(missing);
}

function describeMissing(missing: readonly Tool[]): HostCheck {
  const minimal = new Set(toolsFor(new Map()).map(nameOf));
  const names = missing.map(nameOf);
  return {
    name: NAME,
    state: 'reduced',
    found: names.some((name) => minimal.has(name))
      ? `not found: ${names.join(', ')} (builds kernels from sources)`
      : `not found: ${names.join(', ')} (builds kernels with configurations of distributions)`,
    ...omitUndefined({ remedy: lackOf(missing).remedy }),
  };
}

async function describeCompiler(): Promise<HostCheck> {
  try {
    const { version } = await hostCompiler();
    return { name: NAME, state: 'fine', found: `${version}, and the other tools` };
  } catch (error) {
    if (!(error instanceof InfraError)) throw error;
    const { message, remedy } = error;
    return { name: NAME, state: 'reduced', found: message, ...omitUndefined({ remedy }) };
  }
}
