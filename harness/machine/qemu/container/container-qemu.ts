/**
 * QEMU in a container: one for all guests of a run, with nothing in it but QEMU and the spawner
 * (guest/spawner), which starts one for each guest. The container sees the files that guests are
 * booted from, and the folders with their sockets, at the paths that they have on this host. It
 * ends, and is removed, with this process, however that ends.
 */
import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { getgid, getgroups, getuid } from 'node:process';
import { InfraError } from '../../../errors.ts';
import { omitUndefined } from '../../../omit-undefined.ts';
import { type ContainerOptions, connectEngine, type Engine } from '../../container/engine.ts';
import { describeEngine } from '../../container/engine-facts.ts';
import { OWNER_LABEL } from '../../container/labels.ts';
import { processLimits } from '../../container/process-limits.ts';
import { removeAbandonedContainers } from '../../container/sweep.ts';
import { ownedPrefix } from '../../owner.ts';
import { listenOnce } from '../../port.ts';
import { makePrivateDirectory } from '../../private-directory.ts';
import { askVersion, type QemuHost, type Ran } from '../find-qemu.ts';
import { mapsReadOnlyFiles } from '../newer-files.ts';
import type { ProcessStarter } from '../process-starter.ts';
import { SHARED_MEMORY } from '../shared-memory.ts';
import { provideQemuImage, type QemuImageParts } from './qemu-image.ts';
import { spawnerStarter } from './spawner-starter.ts';
import { startContainer } from './start-container.ts';

export interface ContainerQemuOptions extends QemuImageParts {
  /** The cache's folder: most files that guests are booted from lie there. */
  readonly cacheRoot: string;
  /** Files elsewhere that guests are booted from. */
  readonly files: readonly string[];
  /** Where the folder for sockets is created; by default the system's temporary folder. */
  readonly temporaryDirectory?: string;
}

/** Disposing ends the container with every guest in it. */
export interface ContainerQemu extends AsyncDisposable {
  readonly host: QemuHost;
  /** `sha256:…` over everything that the image is made from. */
  readonly image: string;
  /** `Docker 20.10.24`. */
  readonly engine: string;
}

const BINARY = '/usr/bin/qemu-system-x86_64';
const KVM = '/dev/kvm';
type HostConfig = NonNullable<ContainerOptions['HostConfig']>;

/**
 * Builds the image if the engine does not have it, and starts the container. Rejects with an
 * InfraError if there is no engine, or it cannot do that. Removes what killed processes left to the
 * engine.
 */
export async function createContainerQemu(options: ContainerQemuOptions): Promise<ContainerQemu> {
  await using resources = new AsyncDisposableStack();
  const engine = await connectEngine();
  await removeAbandonedContainers(engine.client);
  const image = await provideQemuImage(engine.client, options);
  const directory = resources.use(await makePrivateDirectory(options.temporaryDirectory));
  const memoryFolder = await makeMemoryFolder(resources);
  const owner = resources.use(await listenOnce(directory.socketPath('owner')));
  const folders = omitUndefined({ directory: directory.path, memoryFolder });
  const settings = await containerSettings(engine, image.name, folders, options);
  const { pid } = resources.use(await startContainer(engine.client, settings, owner));
  const socket = directory.socketPath('spawn');
  const starter = spawnerStarter({ socket, pid, ...omitUndefined({ memoryFolder }) });
  const host = await findQemuInside(starter, image.digest, directory.path);
  const owned = resources.move();
  return {
    host,
    image: image.digest,
    engine: describeEngine(engine.facts),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Undefined where there is none to be had: guests' memory is on the disk then. */
async function makeMemoryFolder(resources: AsyncDisposableStack): Promise<string | undefined> {
  const folder = await makePrivateDirectory(SHARED_MEMORY).catch((error: unknown) => {
    if (error instanceof InfraError) return undefined;
    throw error;
  });
  return folder && resources.use(folder).path;
}

/** Folders of this host that the container may write to. */
interface Folders {
  /** For sockets, and for guests' own folders. */
  readonly directory: string;
  readonly memoryFolder?: string;
}

/** As few rights as will do: those of this user, in a file system that cannot be changed. */
async function containerSettings(
  { facts }: Engine,
  image: string,
  { directory, memoryFolder }: Folders,
  { cacheRoot, files, root }: ContainerQemuOptions,
): Promise<ContainerOptions> {
  const templates = join(cacheRoot, 'templates');
  await mkdir(templates, { recursive: true });
  const elsewhere = files.filter((file) => !file.startsWith(`${cacheRoot}/`));
  return {
    Image: image,
    Cmd: [directory],
    // A rootless engine runs its containers' root as this user.
    ...(facts.isRootless ? {} : { User: `${getuid?.()}:${getgid?.()}` }),
    Labels: { [OWNER_LABEL]: ownedPrefix() },
    NetworkDisabled: true,
    HostConfig: {
      AutoRemove: true,
      ReadonlyRootfs: true,
      NetworkMode: 'none',
      IpcMode: 'none',
      CapDrop: ['ALL'],
      SecurityOpt: [
        'no-new-privileges',
        // SELinux keeps containers from the host's files and sockets.
        ...(facts.hasSelinux ? ['label=disable'] : []),
      ],
      Ulimits: [{ Name: 'core', Soft: 0, Hard: 0 }, ...processLimits(facts)],
      Mounts: [
        mount(directory, 'rw'),
        ...(memoryFolder === undefined ? [] : [mount(memoryFolder, 'rw')]),
        mount(cacheRoot, 'ro'),
        // Older ones open the memory of a saved guest for writing, though they write to a copy.
        ...(mapsReadOnlyFiles(root.version) ? [] : [mount(templates, 'rw')]),
        ...[...new Set(elsewhere)].map((file) => mount(file, 'ro')),
      ],
      ...(await kvmSettings()),
    },
  };
}

/** At the same path, so that command lines mean the same inside. */
function mount(path: string, mode: 'ro' | 'rw') {
  return { Type: 'bind', Source: path, Target: path, ReadOnly: mode === 'ro' } as const;
}

/** Whether guests can run on it is found out by a guest (probe-kvm.ts). */
async function kvmSettings(): Promise<HostConfig> {
  const isUsable = await access(KVM, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
  if (!isUsable) return {};
  return {
    Devices: [{ PathOnHost: KVM, PathInContainer: KVM, CgroupPermissions: 'rw' }],
    // One of them may be what lets this user use it.
    GroupAdd: (getgroups?.() ?? []).map(String),
  };
}

async function findQemuInside(
  starter: ProcessStarter,
  digest: string,
  temporaryDirectory: string,
): Promise<QemuHost> {
  const asked = await askVersion(async (parameters): Promise<Ran> => {
    await using process = await starter.start([BINARY, ...parameters]);
    const { code, stderr } = await process.ended;
    return { hasFailed: code !== 0, output: stderr };
  });
  const { version, line, hasSandbox, output } = asked;
  if (version === undefined) {
    throw new InfraError('QEMU does not run in its container', { code: 'NO_QEMU', output });
  }
  const build = `${line} ${digest}`;
  return { binary: BINARY, version, build, hasSandbox, starter, temporaryDirectory };
}
