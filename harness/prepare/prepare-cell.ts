import { digestOf } from '../cache/digest.ts';
import type { FileEntry } from '../file-entry.ts';
import { isBootable, type KernelImage } from '../kernels/kernel-image.ts';
import type { Cell } from '../matrix/cell.ts';
import type { AgentSource, GuestConfig } from '../matrix/matrix.ts';
import { type AgentFiles, type AgentLaunch, prepareAgent, readGuestBinary } from './agent-files.ts';
import { bootImage } from './boot-image.ts';
import { bootParameters } from './boot-parameters.ts';
import { findGuestModules } from './guest-modules.ts';
import { describeEntries, type Initramfs, makeInitramfs } from './initramfs.ts';
import { createMemo } from './memo.ts';

/** Paths of our own guest programs. */
export interface GuestBinaries {
  readonly init: string;
  readonly agent: string;
  readonly workload: string;
}

export interface PrepareCellOptions {
  readonly cell: Cell;
  readonly kernel: KernelImage;
  readonly config: GuestConfig;
  readonly agent: AgentSource;
  readonly binaries: GuestBinaries;
  readonly cacheRoot: string;
}

/** A guest without an agent: what cells of one kernel and config share. */
export interface BareGuest {
  readonly initramfs: string;
  /** `sha256:…` of everything it is made from. */
  readonly digest: string;
}

/** A guest with a kernel of its own. */
export interface PreparedVm {
  readonly kind: 'vm';
  /** Path of what the machine boots: the kernel's image or the ELF file in it. */
  readonly image: string;
  /** Path of the initramfs. */
  readonly initramfs: string;
  /** For a guest that gets its agent once it is up: the initramfs without the agent's files. */
  readonly bare: BareGuest;
  readonly bootParameters: readonly string[];
  /** A folder of this host that its guests may read, which no saved guest has. */
  readonly share?: string;
}

/** A guest on the kernel of this host. */
export interface PreparedContainer {
  readonly kind: 'container';
  /** Of its root file system, lowest first. */
  readonly layers: readonly (readonly FileEntry[])[];
  readonly share?: string;
}

/** Everything a machine and init need to bring up a cell's guests. */
export interface PreparedCell {
  readonly cell: Cell;
  readonly kernel: KernelImage;
  readonly boot: PreparedVm | PreparedContainer;
  /** Files only. */
  readonly agentFiles: readonly FileEntry[];
  readonly leaveUnmounted: readonly string[];
  readonly agent: AgentLaunch;
  /** `sha256:…` of everything a guest of this cell is made from. */
  readonly digest: string;
}

/**
 * Puts a cell's guest together, using the cache. Throws a UsageError if the kernel or agent cannot
 * be used in a guest, an InfraError if the host fails.
 */
export function prepareCell(options: PrepareCellOptions): Promise<PreparedCell> {
  return createCellPreparer(options)(options);
}

type CellParts = Omit<PrepareCellOptions, 'binaries' | 'cacheRoot'>;

export type PrepareCell = (parts: CellParts) => Promise<PreparedCell>;

/** How a cell's guests are booted, and what tells that from others. */
interface PreparedBoot {
  readonly boot: PreparedCell['boot'];
  readonly inputs: readonly unknown[];
}

/**
 * `prepareCell` for all cells of a run: kernels, agents and our own programs are read and digested
 * once, however many cells use them.
 */
export function createCellPreparer({
  binaries,
  cacheRoot,
}: Pick<PrepareCellOptions, 'binaries' | 'cacheRoot'>): PrepareCell {
  const entries = createMemo<FileEntry[]>();
  const agents = createMemo<AgentFiles>();
  const archives = createMemo<Initramfs>();
  const images = createMemo<string>();
  const ofVm = async (parts: CellParts, agent: AgentFiles): Promise<PreparedBoot> => {
    const { kernel, config, agent: source } = parts;
    if (!isBootable(kernel)) throw new Error('Expected a kernel that a virtual machine can boot');
    const parameters = bootParameters(config.bootParameters);
    const kernelKey = JSON.stringify(kernel);
    const base = [
      await entries('base', () => baseEntries(binaries)),
      await entries(kernelKey, () => moduleEntries(kernel)),
    ];
    const bare = await archives(kernelKey, () => makeInitramfs(cacheRoot, base));
    const initramfs = await archives(kernelKey + JSON.stringify(source), () =>
      makeInitramfs(cacheRoot, [...base, agent.entries]),
    );
    const boot = {
      kind: 'vm' as const,
      image: await images(kernelKey, () => bootImage(cacheRoot, kernel)),
      initramfs: initramfs.path,
      bare: {
        initramfs: bare.path,
        digest: digestOf(JSON.stringify([kernel.digest, bare.digest, parameters])),
      },
      bootParameters: parameters,
    };
    return { boot, inputs: [initramfs.digest, parameters] };
  };
  const ofContainer = async (agent: AgentFiles): Promise<PreparedBoot> => {
    const layers = [await entries('base', () => baseEntries(binaries)), agent.entries];
    return { boot: { kind: 'container', layers }, inputs: layers.map(describeEntries) };
  };
  return async (parts) => {
    const { cell, kernel, config, agent: source } = parts;
    const agent = await agents(JSON.stringify(source), () =>
      prepareAgent(source, binaries.agent, cacheRoot),
    );
    const { boot, inputs } = await (cell.machineKind === 'container'
      ? ofContainer(agent)
      : ofVm(parts, agent));
    const { leaveUnmounted } = config;
    const guest = [...inputs, cell.cgroup, leaveUnmounted, agent.launch];
    return {
      ...{ cell, kernel, boot, agentFiles: agent.entries, leaveUnmounted, agent: agent.launch },
      digest: digestOf(JSON.stringify([kernel.digest, ...guest])),
    };
  };
}

/** docs/guest-protocol.md, "What lies in a guest". */
async function baseEntries({ init, workload }: GuestBinaries): Promise<FileEntry[]> {
  const program = async (path: string, file: string): Promise<FileEntry> => ({
    kind: 'file',
    path,
    mode: 0o755,
    content: await readGuestBinary(file),
  });
  const folder = (path: string, mode = 0o755): FileEntry => ({ kind: 'directory', path, mode });
  return [
    await program('/init', init),
    await program('/rootfs/bin/workload', workload),
    ...['dev', 'proc', 'sys'].map((name) => folder(`/rootfs/${name}`)),
    folder('/rootfs/tmp', 0o1777),
    folder('/root', 0o700),
    // The kernel opens it as init's stdin, stdout and stderr before init can mount anything.
    { kind: 'character-device', path: '/dev/console', mode: 0o600, major: 5, minor: 1 },
  ];
}

async function moduleEntries(kernel: KernelImage): Promise<FileEntry[]> {
  const modules = await findGuestModules(kernel);
  if (modules.length === 0) return [];
  const list = modules.map(({ name }) => `${name}.ko\n`).join('');
  return [
    { kind: 'file', path: '/kmx/modules.list', mode: 0o644, content: Buffer.from(list) },
    ...modules.map(
      ({ name, content }): FileEntry => ({
        kind: 'file',
        path: `/kmx/modules/${name}.ko`,
        mode: 0o644,
        content,
      }),
    ),
  ];
}
