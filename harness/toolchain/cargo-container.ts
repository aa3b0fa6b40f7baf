import { text } from 'node:stream/consumers';
import { InfraError } from '../errors.ts';
import type { FileEntry } from '../file-entry.ts';
import type { RustRoot } from '../images/rust-root.ts';
import type { ContainerOptions, Engine, EngineClient } from '../machine/container/engine.ts';
import { engineFault } from '../machine/container/engine-fault.ts';
import { makeImageArchive } from '../machine/container/image-archive.ts';
import { removeImage } from '../machine/container/images.ts';
import { IMAGE_LABEL, OWNER_LABEL } from '../machine/container/labels.ts';
import { ownedPrefix } from '../machine/owner.ts';
import { CARGO_HOME, cargoEnvironment, cargoMounts, mount } from './cargo-settings.ts';

/** Folders alone: the root file system itself is mounted, which is quicker than an image of it. */
const FOLDERS: readonly FileEntry[] = [
  ...['/usr', '/etc', '/proc', '/sys', '/dev', '/tmp'].map(
    (path) => ({ kind: 'directory', path, mode: 0o755 }) as const,
  ),
  ...['bin', 'lib', 'lib64'].map(
    (name) => ({ kind: 'link', path: `/${name}`, target: `usr/${name}` }) as const,
  ),
];
const NAME = 'localhost/kernel-matrix-cargo';

/**
 * Runs cargo in a folder of this host, with the network and the crates of this host, and as this
 * user. Returns its exit code; what it prints goes to `output`. Rejects with an InfraError if the
 * engine cannot do that.
 */
export async function runCargo(
  { client, facts }: Engine,
  { usr }: RustRoot,
  { folder, words, output }: CargoRun,
): Promise<number> {
  const settings = { entrypoint: ['/usr/bin/cargo'], labels: { [IMAGE_LABEL]: 'cargo' } };
  const archive = await makeImageArchive([FOLDERS], settings);
  const image = `${NAME}:${ownedPrefix()}0`;
  try {
    await text(await client.loadImage(archive.open(image), { quiet: true }));
    return await runOnce(client, output, {
      Image: image,
      Cmd: [...words],
      WorkingDir: folder,
      Env: [...cargoEnvironment(process.env)],
      // A rootless engine runs its containers' root as this user.
      ...(facts.isRootless ? {} : { User: `${process.getuid?.()}:${process.getgid?.()}` }),
      Labels: { [OWNER_LABEL]: ownedPrefix() },
      HostConfig: {
        NetworkMode: 'host',
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        Tmpfs: { '/tmp': 'mode=1777,exec', [CARGO_HOME]: 'mode=1777' },
        Mounts: [
          mount(usr, '/usr', 'ro'),
          mount(folder, folder, 'rw'),
          ...(await cargoMounts(process.env)),
        ],
      },
    });
  } catch (error) {
    throw error instanceof InfraError ? error : engineFault('run cargo', error);
  } finally {
    await removeImage(client, image);
  }
}

export interface CargoRun {
  /** Where it runs: everything that it reads and writes is below it, but crates. */
  readonly folder: string;
  /** As in `cargo build`. */
  readonly words: readonly string[];
  readonly output: NodeJS.WritableStream;
}

/** It is removed afterwards. If this process is killed, cargo ends its work first. */
async function runOnce(
  client: EngineClient,
  output: NodeJS.WritableStream,
  options: ContainerOptions,
): Promise<number> {
  const container = await client.createContainer(options);
  try {
    const stream = await container.attach({ stream: true, stdout: true, stderr: true });
    client.modem.demuxStream(stream, output, output);
    await container.start();
    const { StatusCode } = (await container.wait()) as { readonly StatusCode: number };
    return StatusCode;
  } finally {
    await container.remove({ force: true, v: true });
  }
}
