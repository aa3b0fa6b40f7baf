/** The kernels that `kmx check` is asked about: names of the matrix, files, or this host's own. */
import { existsSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import type { KernelConfig } from '../kconfig/kernel-config.ts';
import { type ReadConfig, readKernelConfig } from '../kernels/config/read-config.ts';
import type { KernelImage } from '../kernels/kernel-image.ts';
import { findBuild, type KernelBuild } from '../matrix/builds.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { listWords, quote } from '../matrix/problem.ts';
import { suggestName } from '../matrix/suggest.ts';
import type { HostControllers } from '../needs/host-controllers.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { describeDisagreements } from '../report/config-notes.ts';
import { interruptibly } from './interrupts.ts';

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
  /** Of the host, where guests share its kernel. */
  readonly host?: HostControllers;
}

export interface KernelSources {
  /** Reads the matrix file; undefined: there is none, and all names are paths. */
  readonly matrix: () => Promise<Matrix | undefined>;
  readonly cacheRoot: string;
  /** The name of a config: kernels of the matrix are as it wants them. */
  readonly config?: string;
  readonly mirror?: string;
  readonly offline?: boolean;
}

/** Rejects with a UsageError for what names nothing, an InfraError for a kernel that cannot be fetched. */
export async function findKernel(name: string, sources: KernelSources): Promise<CheckedKernel> {
  if (looksLikePath(name) && existsSync(name)) return ofFile(name);
  const matrix = await sources.matrix();
  const build = matrix && findNamed(matrix, name, sources.config);
  if (matrix !== undefined && build !== undefined) return ofMatrix(build, matrix, sources);
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

/** As the config wants it, unless the name says that already. */
function findNamed(
  matrix: Matrix,
  name: string,
  config: string | undefined,
): KernelBuild | undefined {
  const isPlain = config === undefined || !matrix.kernels.has(name);
  const found = findBuild(matrix, isPlain ? name : `${name}+${config}`);
  return found?.request === undefined && !isPlain ? findBuild(matrix, name) : found;
}

/** Nothing is built: what will be has its configuration first. */
async function ofMatrix(
  build: KernelBuild,
  matrix: Matrix,
  { cacheRoot, mirror, offline, config: asked }: KernelSources,
): Promise<CheckedKernel> {
  const [{ MatrixKernels }, { openFetchDisplay }] = await Promise.all([
    import('../kernels/matrix-kernels.ts'),
    import('./fetch-display.ts'),
  ]);
  using fetches = await openFetchDisplay(process.stderr, process.env);
  const { onProgress } = fetches;
  const found = await interruptibly(async (signal) => {
    const context = { cacheRoot, onProgress, signal, ...omitUndefined({ mirror, offline }) };
    return await new MatrixKernels(matrix.kernels, context).configure(build);
  });
  const { name } = build;
  const ofName = name.split('+')[1];
  // Those of the option are for all kernels, files too.
  const own = ofName === undefined || ofName === asked ? undefined : matrix.configs.get(ofName);
  const parameters = own?.bootParameters ?? [];
  if (found.kind === 'built') {
    const { effective: config, origin: configFrom } = found.configured;
    const release = config.version ?? '';
    return { name, release, config, configFrom, cmdline: parameters.join(' '), problems: [] };
  }
  const { image } = found;
  const known = await configOf(image, cacheRoot);
  return {
    name,
    release: image.release,
    cmdline: [image.bootedWith ?? '', ...parameters].join(' ').trim(),
    ...known,
    problems: [...(known.problems ?? []), ...(await lacksOf(build, image, cacheRoot))],
    ...(image.image === undefined ? { host: await findHost() } : {}),
  };
}

/** What the config asks for, and the kernel does not have: no cell can be run so. */
async function lacksOf(
  { request }: KernelBuild,
  image: KernelImage,
  cacheRoot: string,
): Promise<readonly string[]> {
  if (request === undefined) return [];
  const { findLacks, describeLack } = await import('../kernels/lacks.ts');
  const lacks = await findLacks(request.kconfig, image, cacheRoot);
  if (lacks.kind !== 'some') return [];
  return lacks.symbols.map((lost) => `the config ${request.config} asks for ${describeLack(lost)}`);
}

/** No engine is asked: what a host has, one with root's rights grants its containers. */
async function findHost(): Promise<HostControllers> {
  const { hostControllers } = await import('../machine/container/host-controllers.ts');
  return { ...hostControllers(), isAllGranted: true };
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
