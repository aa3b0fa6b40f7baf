/** Runs a program of a root file system from the cache in a container that has no image of its own. */
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { InfraError } from '../errors.ts';
import type { FileEntry } from '../file-entry.ts';
import { endContainer } from '../machine/container/container-process.ts';
import type { Container, ContainerOptions, Engine } from '../machine/container/engine.ts';
import { engineFault, statusOf } from '../machine/container/engine-fault.ts';
import { makeImageArchive } from '../machine/container/image-archive.ts';
import { removeImage } from '../machine/container/images.ts';
import { IMAGE_LABEL, OWNER_LABEL } from '../machine/container/labels.ts';
import { ownedPrefix } from '../machine/owner.ts';

export interface Mount {
  readonly Type: 'bind';
  readonly Source: string;
  readonly Target: string;
  readonly ReadOnly: boolean;
}

export function mount(source: string, target: string, mode: 'ro' | 'rw'): Mount {
  return { Type: 'bind', Source: source, Target: target, ReadOnly: mode === 'ro' };
}

export interface RootRun {
  /** What it is for, as part of the image's name: `cargo`. */
  readonly name: string;
  /** The program, absolute, and its arguments. */
  readonly words: readonly [string, ...string[]];
  /** Where it runs, as it is called in the container. */
  readonly folder: string;
  /** `NAME=value` each. */
  readonly environment: readonly string[];
  /** The root's folders, and all that is to be seen of the host. */
  readonly mounts: readonly Mount[];
  /** What is kept in memory, with options of the mount. */
  readonly temporary: Readonly<Record<string, string>>;
  readonly network: 'host' | 'none';
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream;
  /** Has the program end; it is killed if it takes longer than ten seconds. */
  readonly signal?: AbortSignal | undefined;
}

/** Folders alone: files are mounted, which is quicker than an image of them. */
const FOLDERS: readonly FileEntry[] = [
  ...['/usr', '/etc', '/proc', '/sys', '/dev', '/tmp'].map(
    (path) => ({ kind: 'directory', path, mode: 0o755 }) as const,
  ),
  ...['bin', 'sbin', 'lib', 'lib64'].map(
    (name) => ({ kind: 'link', path: `/${name}`, target: `usr/${name}` }) as const,
  ),
];
const PATIENCE_SECONDS = 10;

let runs = 0;

/**
 * As this user, without any other right. Returns the exit code, with all that was printed written; nothing is
 * left in the engine. Standard input ends when this process does. Rejects with an InfraError if the engine
 * cannot do that, and with the signal's reason.
 */
export async function runInRoot({ client, facts }: Engine, run: RootRun): Promise<number> {
  const { name, words, folder, environment, mounts, temporary, network, signal } = run;
  signal?.throwIfAborted();
  const settings = { entrypoint: [words[0]], labels: { [IMAGE_LABEL]: name } };
  const archive = await makeImageArchive([FOLDERS], settings);
  runs += 1;
  const image = `localhost/kernel-matrix-${name}:${ownedPrefix()}${runs}`;
  try {
    await text(await client.loadImage(archive.open(image), { quiet: true }));
    const options: ContainerOptions = {
      Image: image,
      Cmd: words.slice(1),
      WorkingDir: folder,
      Env: [...environment],
      // A rootless engine runs its containers' root as this user.
      ...(facts.isRootless ? {} : { User: `${process.getuid?.()}:${process.getgid?.()}` }),
      Labels: { [OWNER_LABEL]: ownedPrefix() },
      ...{ OpenStdin: true, StdinOnce: true },
      HostConfig: {
        AutoRemove: true,
        NetworkMode: network,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges', ...(facts.hasSelinux ? ['label=disable'] : [])],
        LogConfig: { Type: 'none', Config: {} },
        Tmpfs: { ...temporary },
        Mounts: [...mounts],
      },
    };
    return await runOnce(await client.createContainer(options), run);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof InfraError) throw error;
    throw engineFault(`run ${name}`, error);
  } finally {
    await removeImage(client, image);
  }
}

async function runOnce(container: Container, run: RootRun): Promise<number> {
  const { stdout, stderr, signal } = run;
  let stopping: Promise<unknown> | undefined;
  const stop = (): void => {
    stopping = container.stop({ t: PATIENCE_SECONDS }).catch(throwUnlessEnded);
    // Looked at below.
    stopping.catch(() => {});
  };
  try {
    const std = { stdin: true, stdout: true, stderr: true };
    const stream = await container.attach({ stream: true, hijack: true, ...std });
    container.modem.demuxStream(stream, stdout, stderr);
    const printed = once(stream, 'end');
    const ended = container.wait({ condition: 'next-exit' });
    // If it cannot be started, nobody waits for them.
    for (const waiting of [printed, ended]) waiting.catch(() => {});
    signal?.throwIfAborted();
    await container.start();
    signal?.addEventListener('abort', stop);
    if (signal?.aborted) stop();
    const { StatusCode } = (await ended) as { readonly StatusCode: number };
    await printed;
    await stopping;
    signal?.throwIfAborted();
    return StatusCode;
  } finally {
    signal?.removeEventListener('abort', stop);
    await endContainer(container);
  }
}

/** It has ended meanwhile, or is gone already. */
function throwUnlessEnded(error: unknown): void {
  if (statusOf(error) !== 304 && statusOf(error) !== 404) throw error;
}
