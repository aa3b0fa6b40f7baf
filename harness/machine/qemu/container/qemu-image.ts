import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import { digestFile, digestOf, nameOfDigest } from '../../../cache/digest.ts';
import { InfraError } from '../../../errors.ts';
import type { EngineClient } from '../../container/engine.ts';
import { engineFault, statusOf } from '../../container/engine-fault.ts';
import { IMAGE_LABEL } from '../../container/labels.ts';

/** What an image with QEMU is made from. */
export interface QemuImageParts {
  /** A root file system with QEMU, its version, and the digest of what all that is made from. */
  readonly root: { readonly folder: string; readonly version: string; readonly digest: string };
  /** Our own program that starts QEMU in the container. */
  readonly spawner: string;
}

export interface QemuImage {
  /** As the engine takes it. */
  readonly name: string;
  /** `sha256:…` over everything that the image is made from. */
  readonly digest: string;
}

const REPOSITORY = 'localhost/kernel-matrix-qemu';
const DOCKERFILE = 'Dockerfile.qemu';

/** Builds the image unless the engine has it. Throws an InfraError if it cannot be built. */
export async function provideQemuImage(
  client: EngineClient,
  parts: QemuImageParts,
): Promise<QemuImage> {
  const dockerfile = await readFile(join(import.meta.dirname, DOCKERFILE));
  const spawner = await digestFile(parts.spawner).catch((cause: unknown) => {
    throw new InfraError(`${parts.spawner}: the guest programs are not built`, {
      code: 'NO_GUEST_BINARY',
      remedy: 'scripts/setup',
      cause,
    });
  });
  const digest = digestOf([parts.root.digest, spawner, digestOf(dockerfile)].join('\n'));
  const name = `${REPOSITORY}:${nameOfDigest(digest)}`;
  if (!(await hasImage(client, name))) await build(client, name, dockerfile, parts);
  return { name, digest };
}

async function hasImage(client: EngineClient, name: string): Promise<boolean> {
  try {
    await client.getImage(name).inspect();
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw engineFault('look for an image', error);
  }
}

/**
 * Not by the image client of testcontainers, which does not tell whether a build has failed, and
 * sends files with their times and owners, which are not part of the digest.
 */
async function build(
  client: EngineClient,
  name: string,
  dockerfile: Buffer,
  { root, spawner }: QemuImageParts,
): Promise<void> {
  const context = pack();
  const filling = fillContext(context, dockerfile, root.folder, spawner);
  try {
    const labels = { [IMAGE_LABEL]: 'qemu' };
    const options = { t: name, dockerfile: DOCKERFILE, labels, networkmode: 'none', rm: true };
    const output = await client.buildImage(Readable.from(context), options);
    await filling;
    await followBuild(client, output);
  } catch (error) {
    context.destroy();
    await filling.catch(() => {});
    throw engineFault('build the image with QEMU', error);
  }
}

/** As the engine's interface reports it: an error in the stream, not in the response's status. */
async function followBuild(client: EngineClient, output: NodeJS.ReadableStream): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  client.modem.followProgress(
    output,
    (error: Error | null, steps: readonly { error?: string }[]) => {
      const failed = error?.message ?? steps.find((step) => step.error !== undefined)?.error;
      if (failed === undefined) resolve();
      else reject(new Error(failed));
    },
  );
  await promise;
}

type Pack = ReturnType<typeof pack>;

async function fillContext(
  context: Pack,
  dockerfile: Buffer,
  root: string,
  spawner: string,
): Promise<void> {
  await add(context, DOCKERFILE, dockerfile, 0o644);
  await add(context, 'spawner', await readFile(spawner), 0o755);
  const found = await readdir(root, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile());
  for (const path of files.map(({ parentPath, name }) => join(parentPath, name)).toSorted()) {
    const { mode } = await stat(path);
    const isProgram = (mode & 0o100) !== 0;
    const name = join('root', path.slice(root.length + 1));
    await add(context, name, await readFile(path), isProgram ? 0o755 : 0o644);
  }
  context.finalize();
}

/** Everything is the same for everybody: owners, times, and who may read it. */
function add(context: Pack, name: string, content: Buffer, mode: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  context.entry({ name, mode, mtime: new Date(0), uid: 0, gid: 0 }, content, (error) =>
    error ? reject(error) : resolve(),
  );
  return promise;
}
