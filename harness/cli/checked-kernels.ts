/** The kernels that `kmx check` is asked about: names of the matrix, files, or this host's own. */
import { existsSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import type { KernelConfig } from '../kconfig/kernel-config.ts';
import { type ReadConfig, readKernelConfig } from '../kernels/config/read-config.ts';
import type { KernelImage } from '../kernels/kernel-image.ts';
import { type Matrix, namedValue } from '../matrix/matrix.ts';
import { listWords, quote } from '../matrix/problem.ts';
import { suggestName } from '../matrix/suggest.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { describeDisagreements } from '../report/config-notes.ts';

export interface CheckedKernel {
  /** As the user named it, or `this host`. */
  readonly name: string;
  /** Empty if it is not known. */
  readonly release: string;
  /** Where the configuration is from, for people; absent if there is none. */
  readonly configFrom?: string;
  readonly config?: KernelConfig;
  /** Lines of the configuration that were not read, and the like, for people. */
  readonly problems: readonly string[];
  /** What it is booted with apart from `--boot-parameters`. */
  readonly cmdline: string;
}

export interface KernelSources {
  /** Reads the matrix file; undefined: there is none, and all names are paths. */
  readonly matrix: () => Promise<Matrix | undefined>;
  readonly cacheRoot: string;
  readonly mirror?: string;
  readonly offline?: boolean;
}

/** Rejects with a UsageError for what names nothing, an InfraError for a kernel that cannot be fetched. */
export async function findKernel(name: string, sources: KernelSources): Promise<CheckedKernel> {
  if (looksLikePath(name) && existsSync(name)) return ofFile(name);
  const matrix = await sources.matrix();
  if (matrix?.kernels.has(name)) return ofMatrix(name, matrix, sources);
  if (existsSync(name)) return ofFile(name);
  const known = [...(matrix?.kernels.keys() ?? [])];
  const suggestion = suggestName(name, known);
  const remedy = [
    suggestion === undefined ? undefined : `did you mean "${suggestion}"?`,
    `name a file, or a kernel of the matrix: ${listWords(known)}`,
  ];
  throw new UsageError(`there is neither a kernel nor a file ${quote(name)}`, {
    code: 'KERNEL_UNKNOWN',
    remedy: remedy.filter((text) => text !== undefined).join(' '),
  });
}

/** Names of kernels have no slash, and do not begin with a dot. */
function looksLikePath(name: string): boolean {
  return name.includes('/') || name.startsWith('.');
}

async function ofMatrix(
  name: string,
  matrix: Matrix,
  { cacheRoot, mirror, offline }: KernelSources,
): Promise<CheckedKernel> {
  const [{ resolveKernel }, { openFetchDisplay }] = await Promise.all([
    import('../kernels/resolve-kernel.ts'),
    import('./fetch-display.ts'),
  ]);
  using fetches = await openFetchDisplay(process.stderr, process.env);
  const image = await resolveKernel(name, namedValue(matrix.kernels, name), {
    cacheRoot,
    onProgress: fetches.onProgress,
    ...omitUndefined({ mirror, offline }),
  });
  return {
    name,
    release: image.release,
    cmdline: image.bootedWith ?? '',
    problems: [],
    ...(await configOf(image, cacheRoot)),
  };
}

async function configOf(image: KernelImage, cacheRoot: string): Promise<Partial<CheckedKernel>> {
  const { config: path, configFrom, origin } = image;
  // What a package or the host has is all that there is to know, and quicker to read than what is kept.
  if (path !== undefined && (configFrom === 'package' || image.image === undefined)) {
    const read = await readKernelConfig(path);
    const from = configFrom === 'package' ? origin : path;
    return { config: read.config, configFrom: from, problems: describeProblems(read) };
  }
  const { readKnownConfig } = await import('../kernels/config/kernel-configs.ts');
  const known = await readKnownConfig(cacheRoot, image);
  if (known === undefined) return {};
  const problems = [...describeDisagreements({ config: known.facts }), ...describeProblems(known)];
  return { config: known.config, configFrom: origin, problems };
}

async function ofFile(path: string): Promise<CheckedKernel> {
  const read = await readKernelConfig(path);
  const { config } = read;
  const problems = describeProblems(read);
  return {
    name: path,
    release: config.version ?? '',
    config,
    configFrom: path,
    cmdline: '',
    problems,
  };
}

function describeProblems({ problems, problemCount }: ReadConfig): readonly string[] {
  const shown = problems.map(({ line, column, message }) => `line ${line}:${column}: ${message}`);
  const more = problemCount - problems.length;
  return more > 0 ? [...shown, `… and ${more} more`] : shown;
}

export async function hostKernel(): Promise<CheckedKernel> {
  const { resolveHostKernel } = await import('../kernels/host/host-kernel.ts');
  const image = await resolveHostKernel();
  const read = image.config === undefined ? undefined : await readKernelConfig(image.config);
  return {
    name: 'this host',
    release: image.release,
    cmdline: image.bootedWith ?? '',
    problems: read === undefined ? [] : describeProblems(read),
    ...omitUndefined({ config: read?.config, configFrom: image.config }),
  };
}
