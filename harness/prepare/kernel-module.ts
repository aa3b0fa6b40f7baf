import { basename, extname } from 'node:path';
import { InfraError, UsageError } from '../errors.ts';
import { type CompressionKind, decompress } from '../kernels/decompress.ts';
import { ElfFault, parseElf, readSection } from '../kernels/elf.ts';
import { FileFault, readRegularFile } from '../kernels/read-regular-file.ts';

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

/** Of a file, and of what is in it; a driver with all its debug information has 2 MiB. */
const MODULE_BYTES_MAX = 16 * 1024 * 1024;

/** Throws a UsageError if the file is no module, an InfraError if it cannot be read or unpacked. */
export async function readKernelModule(path: string): Promise<KernelModule> {
  try {
    return await decodeKernelModule(path, await readModuleFile(path));
  } catch (error) {
    if (!(error instanceof ElfFault || error instanceof FileFault)) throw error;
    throw new UsageError(`${path}: expected a kernel module, found ${error.message}`, {
      code: 'BAD_MODULE',
      remedy: 'build or fetch the modules of this kernel again',
      cause: error,
    });
  }
}

async function readModuleFile(path: string): Promise<Buffer> {
  try {
    return await readRegularFile(path, { bytesMax: MODULE_BYTES_MAX });
  } catch (error) {
    throw error instanceof FileFault ? error : unreadable(path, (error as Error).message, error);
  }
}

/**
 * The module in a file's bytes, which are compressed as the end of its name says. Throws an
 * ElfFault or a FileFault if it is none, an InfraError if it cannot be unpacked.
 */
export async function decodeKernelModule(path: string, file: Buffer): Promise<KernelModule> {
  return parseModule(path, await uncompress(path, file));
}

function parseModule(path: string, content: Buffer): KernelModule {
  const lines = (readSection(parseElf(content), '.modinfo')?.toString('latin1') ?? '').split('\0');
  const field = (name: string) =>
    lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1);
  const release = field('vermagic')?.split(' ')[0];
  if (!release) throw new ElfFault('an ELF file that does not say which kernel it belongs to');
  const depends = (field('depends') ?? '').split(',').filter((name) => name !== '');
  const [name = '', ...others] = [path, ...depends].map(moduleName);
  const wrong = [name, ...others].find((one) => !MODULE_NAME.test(one));
  if (wrong !== undefined) throw new ElfFault(`a module that names '${wrong.slice(0, 80)}'`);
  return { name, content, depends: others, release };
}

/** Guests get a list of names, one a line. MODULE_NAME_LEN of the kernel's linux/module.h. */
const MODULE_NAME = /^[\w.+]{1,56}$/;

async function uncompress(path: string, file: Buffer): Promise<Buffer> {
  const kind = COMPRESSIONS[extname(path)];
  if (kind === undefined) return file;
  const what = `kernel modules like ${path}`;
  const unpacked = await decompress(file, kind, { bytesMax: MODULE_BYTES_MAX, what });
  switch (unpacked.kind) {
    case 'content':
      return unpacked.bytes;
    case 'broken':
      throw unreadable(path, unpacked.message);
    case 'too-large':
      throw new FileFault(`one that unpacks to more than ${MODULE_BYTES_MAX / 1024 / 1024} MiB`);
  }
}

const COMPRESSIONS: Readonly<Record<string, CompressionKind>> = {
  '.xz': 'xz',
  '.zst': 'zstd',
  '.gz': 'gzip',
};

function unreadable(path: string, why: string, cause?: unknown): InfraError {
  return new InfraError(`${path}: the kernel module cannot be read: ${why}`, {
    code: 'MODULE_UNREADABLE',
    cause,
  });
}
