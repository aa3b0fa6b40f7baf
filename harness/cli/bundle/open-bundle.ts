/** What a bundle has, as a run takes it: a matrix of one cell, its kernel, its guest. */
import { createReadStream, createWriteStream, existsSync } from 'node:fs';

import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Bundle, SCENARIO_FOLDER } from '../../bundle/bundle-format.ts';
import { unpackBundle } from '../../bundle/unpack-bundle.ts';
import { digestFile, digestOf } from '../../cache/digest.ts';
import { UsageError } from '../../errors.ts';
import type { KernelImage } from '../../kernels/kernel-image.ts';
import { buildOf, type Cell } from '../../matrix/cell.ts';
import type { Matrix } from '../../matrix/matrix.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { prepareAgent } from '../../prepare/agent-files.ts';
import { digestAgentFiles } from '../../prepare/initramfs.ts';
import { formatCpio } from '../../prepare/newc.ts';
import type { PrepareCell, PreparedCell } from '../../prepare/prepare-cell.ts';
import type { MadeFrom } from '../../reproduce/original.ts';
import type { GivenInputs } from '../open-run.ts';
import { guestBinaries, projectRoot } from '../project.ts';

export interface OpenBundleOptions {
  /** For what is unpacked: it is there, empty and ours. */
  readonly folder: string;
  /** Path of an agent in the place of the bundle's. */
  readonly agent?: string | undefined;
  readonly cacheRoot: string;
}

export interface OpenedBundle {
  readonly bundle: Bundle;
  readonly matrix: Matrix;
  readonly cell: Cell;
  /** What the bundle's test was made from. */
  readonly made: MadeFrom;
  /** What it is made from now. */
  readonly given: GivenInputs;
  readonly prepareCell: PrepareCell;
}

/**
 * Compares everything with its digests. Code of a bundle never runs on this host: its scenario is compared
 * with ours. Throws a UsageError for a file that is no sound bundle, or that cannot be used as it is.
 */
export async function openBundle(file: string, options: OpenBundleOptions): Promise<OpenedBundle> {
  const { folder } = options;
  const bundle = await unpackBundle(file, folder);
  const { cell, kernel, test, scenario } = bundle;
  if (scenario !== undefined && !existsSync(join(projectRoot, scenario.spec))) {
    throw new UsageError(`${file}: this version of kmx has no scenario ${test.file}`, {
      code: 'NO_SCENARIO',
      remedy: `use kmx ${bundle.kmx}, or copy ${scenario.spec} from the bundle after you have read it`,
    });
  }
  const agent = await agentArchive(file, bundle, options);
  const image: KernelImage = {
    ...{ release: kernel.release, digest: kernel.digest, origin: kernel.origin },
    image: join(folder, bundle.guest.kernel),
    ...omitUndefined({ config: kernel.config && join(folder, kernel.config) }),
  };
  const prepared = await prepareGuest(bundle, image, agent, folder);
  const [before, now] = await Promise.all([
    scenariosIn(folder, bundle),
    scenariosIn(projectRoot, bundle),
  ]);
  const agentName = `agent ${cell.agent}`;
  const name = buildOf(cell);
  return {
    ...{ bundle, cell, matrix: matrixOf(bundle, folder) },
    made: {
      host: {
        ...{ kmx: bundle.kmx, node: bundle.node },
        machines: [{ name: cell.machine, kind: 'qemu', ...machineOf(bundle) }],
      },
      kernels: [{ name, release: kernel.release, digest: kernel.digest }],
      inputs: { [agentName]: bundle.agent.digest, kmx: bundle.code, ...before },
    },
    given: {
      kernels: new Map([[name, image]]),
      inputs: { [agentName]: agent.digest, ...now },
    },
    prepareCell: async () => prepared,
  };
}

function machineOf({ machine: { accelerator, version } }: Bundle) {
  return { accelerator, version };
}

interface AgentArchive {
  /** Of its files. */
  readonly digest: string;
  /** Absent: the bundle's own, among the others. */
  readonly content?: Buffer;
}

async function agentArchive(
  file: string,
  { agent }: Bundle,
  { agent: path, cacheRoot }: OpenBundleOptions,
): Promise<AgentArchive> {
  if (path === undefined) {
    if (agent.archive !== undefined) return { digest: agent.digest };
    throw new UsageError(`${file}: the bundle has no agent, only its digest ${agent.digest}`, {
      code: 'BUNDLE_WITHOUT_AGENT',
      remedy: 'name the agent: --agent FILE',
    });
  }
  const source = { kind: 'kata', path, arguments: [], environment: {}, libraryPath: [] } as const;
  const { entries } = await prepareAgent(source, guestBinaries.agent, cacheRoot);
  return {
    digest: digestAgentFiles(entries),
    content: Buffer.concat(formatCpio(entries)),
  };
}

async function prepareGuest(
  { cell, guest, agent, files }: Bundle,
  kernel: KernelImage,
  { digest: agentDigest, content }: AgentArchive,
  folder: string,
): Promise<PreparedCell> {
  const archives = guest.initramfs.filter(
    (path) => content === undefined || path !== agent.archive,
  );
  const initramfs = join(folder, 'whole-initramfs');
  await pipeline(
    Readable.from(
      whole(
        archives.map((path) => join(folder, path)),
        content,
      ),
    ),
    createWriteStream(initramfs, { flags: 'wx' }),
  );
  const digest = digestOf(JSON.stringify([files, guest, agentDigest]));
  return {
    ...{ cell, kernel, agentFiles: [], leaveUnmounted: guest.leaveUnmounted, digest },
    boot: {
      kind: 'vm',
      image: join(folder, guest.kernel),
      ...{ initramfs, bare: { initramfs, digest } },
      bootParameters: guest.bootParameters,
    },
    agent: { argv: agent.argv, environment: agent.environment, socket: agent.socket },
  };
}

async function* whole(paths: readonly string[], last: Buffer | undefined): AsyncGenerator<Buffer> {
  for (const path of paths) yield* createReadStream(path);
  if (last !== undefined) yield last;
}

/** One digest of the test's sources, in the bundle or as they are here. */
async function scenariosIn(
  root: string,
  { scenario }: Bundle,
): Promise<Readonly<Record<string, string>>> {
  if (scenario === undefined) return {};
  const digests = scenario.sources.map(async (path) => {
    const file = join(root, path);
    return [path, existsSync(file) ? await digestFile(file) : 'not there'];
  });
  return { [`${SCENARIO_FOLDER}/`]: digestOf(JSON.stringify(await Promise.all(digests))) };
}

function matrixOf({ cell, guest, limits }: Bundle, folder: string): Matrix {
  const { bootParameters, leaveUnmounted, cpus, memoryMib } = guest;
  return {
    file: join(folder, 'bundle.json'),
    // Neither of these is looked at: both are in the guest already.
    kernels: new Map([[cell.kernel, { kind: 'running' }]]),
    agents: new Map([[cell.agent, { kind: 'reference', guard: 'on' }]]),
    configs: new Map([[cell.config, { bootParameters, leaveUnmounted }]]),
    cgroups: [cell.cgroup],
    machines: new Map([[cell.machine, { kind: 'qemu', in: 'host', suites: [] }]]),
    exclude: [],
    include: [],
    limits: { ...limits, cpus, memoryMib },
    isolation: 'test',
    profiles: new Map(),
  };
}
