import { copyFile, mkdir, open, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { InfraError } from '../errors.ts';
import { openKernelArchive } from '../kernels/debian/kernel-archive.ts';
import { unpackKernel } from '../kernels/debian/unpack-kernel.ts';
import type { BootableKernel } from '../kernels/kernel-image.ts';
import { resolvePathKernel } from '../kernels/path-kernel.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { orInfraError } from '../prepare/run-inputs.ts';
import type { BrokenKernel } from './selftest-case.ts';

/** Overwritten in the middle of the file, where the compressed kernel is. */
const DAMAGE_BYTES = 64 * 1024;

/** What the harness resolves after a copy of the kernel was broken; the original stays intact. */
export async function breakKernel(
  how: BrokenKernel,
  kernel: BootableKernel,
  folder: string,
): Promise<BootableKernel | InfraError> {
  if (how === 'package-cut') return await orInfraError(unpackCutPackage(kernel, folder));
  const image = join(folder, 'vmlinuz');
  await copyFile(kernel.image, image);
  const { size } = await stat(image);
  if (how === 'cut') await truncate(image, Math.floor(size / 2));
  else {
    await using file = await open(image, 'r+');
    await file.write(Buffer.alloc(DAMAGE_BYTES, 0x5a), 0, DAMAGE_BYTES, Math.floor(size / 2));
  }
  const { config, modules } = kernel;
  const source = {
    kind: 'path',
    image,
    ...omitUndefined({ config, modules }),
  } as const;
  return await resolvePathKernel(source);
}

/** Packs the kernel as Debian does, truncates the package, and has it fetched and unpacked. */
async function unpackCutPackage(kernel: BootableKernel, folder: string): Promise<BootableKernel> {
  const tree = join(folder, 'package');
  const control =
    'Package: kernel\nVersion: 1\nArchitecture: amd64\nMaintainer: kmx\nDescription: -\n';
  await mkdir(join(tree, 'DEBIAN'), { recursive: true });
  await mkdir(join(tree, 'boot'));
  await writeFile(join(tree, 'DEBIAN', 'control'), control);
  await copyFile(kernel.image, join(tree, 'boot', `vmlinuz-${kernel.release}`));
  const deb = join(folder, 'kernel.deb');
  await execa('dpkg-deb', ['--build', '-Zgzip', '-z1', tree, deb], { stdin: 'ignore' });
  await truncate(deb, Math.floor((await readFile(deb)).length / 2));
  const file = {
    ...{ name: 'kernel', version: '1', file: 'kernel.deb', archive: `file:${folder}` },
    vouchedBy: 'nobody',
  } as const;
  const context = { cacheRoot: join(folder, 'cache'), onProgress: () => {} };
  const unpacked = join(folder, 'unpacked');
  await mkdir(unpacked);
  const choice = { name: 'kernel', version: '1', suite: 'none', packages: [file] };
  await unpackKernel(unpacked, choice, openKernelArchive(context), context);
  throw new Error('A package without its second half was unpacked');
}
