import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import { ExecaError, execa } from 'execa';
import { InfraError, UsageError } from '../errors.ts';
import { ElfFault, parseElf, readSection } from '../kernels/elf.ts';

/** A kernel module in the form that init loads. */
export interface KernelModule {
  readonly name: string;
  /** Uncompressed. */
  readonly content: Buffer;
  /** Names of the modules that must be loaded before it. */
  readonly depends: readonly string[];
  /** Release of the kernel that it was built for. */
  readonly release: string;
}

/** A module's name in the kernel: `virtio_pci` for `…/virtio-pci.ko.xz`. */
export function moduleName(path: string): string {
  return basename(path)
    .replace(/\.ko(\.(xz|zst|gz))?$/, '')
    .replaceAll('-', '_');
}

/** Throws a UsageError if the file is no module, an InfraError if it cannot be read or unpacked. */
export async function readKernelModule(path: string): Promise<KernelModule> {
  const content = await readUncompressed(path);
  try {
    const info = readSection(parseElf(content), '.modinfo')?.toString('latin1') ?? '';
    const field = (name: string) =>
      info
        .split('\0')
        .find((line) => line.startsWith(`${name}=`))
        ?.slice(name.length + 1);
    const release = field('vermagic')?.split(' ')[0];
    if (!release) throw new ElfFault('an ELF file that does not say which kernel it belongs to');
    const depends = (field('depends') ?? '').split(',').filter((name) => name !== '');
    return { name: moduleName(path), content, depends: depends.map(moduleName), release };
  } catch (error) {
    if (!(error instanceof ElfFault)) throw error;
    throw new UsageError(`${path}: expected a kernel module, found ${error.message}`, {
      code: 'BAD_MODULE',
      remedy: 'build or fetch the modules of this kernel again',
      cause: error,
    });
  }
}

async function readUncompressed(path: string): Promise<Buffer> {
  try {
    if (path.endsWith('.xz')) return await unpackXz(path);
    const content = await readFile(path);
    if (path.endsWith('.zst')) return await promisify(zstdDecompress)(content);
    if (path.endsWith('.gz')) return await promisify(gunzip)(content);
    return content;
  } catch (error) {
    if (error instanceof InfraError) throw error;
    throw new InfraError(`${path}: the kernel module cannot be read: ${(error as Error).message}`, {
      code: 'MODULE_UNREADABLE',
      cause: error,
    });
  }
}

/** With xz(1): Node cannot unpack xz. */
async function unpackXz(path: string): Promise<Buffer> {
  try {
    const { stdout } = await execa('xz', ['--decompress', '--stdout', path], {
      encoding: 'buffer',
      stdin: 'ignore',
    });
    return Buffer.from(stdout.buffer, stdout.byteOffset, stdout.byteLength);
  } catch (error) {
    if (!(error instanceof ExecaError) || error.code !== 'ENOENT') throw error;
    throw new InfraError(`xz is not installed, but needed to unpack kernel modules like ${path}`, {
      code: 'NO_XZ',
      remedy: 'apt-get install xz-utils',
      cause: error,
    });
  }
}
