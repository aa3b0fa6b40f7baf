import { match, ok } from 'node:assert';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { InfraError } from '../../errors.ts';
import { ElfFault, hasNote, isElf, parseElf, readSection } from '../../kernels/elf.ts';
import { readDynamicParts } from '../../kernels/elf-dynamic.ts';
import { identifyBzImage, identifyVmlinux } from '../../kernels/kernel-file.ts';
import { FileFault } from '../../kernels/read-regular-file.ts';
import { buildDynamicElf } from '../../kernels/testing/build-elf.ts';
import {
  buildBzImage,
  buildPackedBzImage,
  buildVmlinux,
} from '../../kernels/testing/build-kernel.ts';
import { unpack } from '../../prepare/boot-image.ts';
import { decodeKernelModule } from '../../prepare/kernel-module.ts';
import { buildModule } from '../../prepare/testing/build-module.ts';
import { allowRefusal, type FuzzTarget } from '../fuzz-target.ts';

/** Few names, all short, and bytes that are part of the file. */
export const elf: FuzzTarget = {
  name: 'elf',
  seeds: () => [
    buildDynamicElf({ interpreter: '/lib/ld.so', needed: ['libc.so.6'], runPath: '/a:$ORIGIN' }),
    buildVmlinux('6.1.0'),
    buildModule('virtio', '6.1.0', ['virtio_ring']),
  ],
  run(input) {
    allowRefusal(ElfFault, () => {
      const file = parseElf(Buffer.from(input));
      hasNote(file, 'Xen', 18);
      const section = readSection(file, '.modinfo');
      ok((section?.length ?? 0) <= input.length);
      const { interpreter = '', needed, searchFolders } = readDynamicParts(file);
      ok(needed.length <= 256 && searchFolders.length <= 64);
      ok([interpreter, ...needed, ...searchFolders].every(({ length }) => length < 4096));
    });
  },
};

/** A release that can be part of a file's name. */
export const kernelImage: FuzzTarget = {
  name: 'kernel-image',
  seeds: () => [buildBzImage('6.12.117+deb13-cloud-amd64'), buildVmlinux('6.1.0-rc3+')],
  run(input) {
    const bytes = Buffer.from(input);
    for (const found of [identifyBzImage(bytes), identifyVmlinux(bytes)]) {
      if (found.kind === 'kernel') match(found.release, /^\d[^/\s]{0,63}$/);
      else match(found.problem, /^(an?|no|the) /);
    }
  },
};

/** An ELF file, or words that say why there is none. */
export const bootImage: FuzzTarget = {
  name: 'boot-image',
  seeds: () => {
    const vmlinux = buildVmlinux('6.12.117');
    const packed = [gzipSync(vmlinux), Buffer.concat([zstdCompressSync(vmlinux), Buffer.alloc(4)])];
    return packed.map((payload) => buildPackedBzImage('6.12.117', payload));
  },
  async run(input) {
    const found = await unpack(Buffer.from(input));
    ok(typeof found === 'string' ? found !== '' : isElf(found));
  },
};

/** Names without a line break: guests get them as lines. */
export const kernelModule: FuzzTarget = {
  name: 'kernel-module',
  seeds: () => {
    const module = buildModule('virtio_pci', '6.1.0', ['virtio', 'virtio-ring']);
    return [module, gzipSync(module), zstdCompressSync(module)];
  },
  async run(input) {
    const bytes = Buffer.from(input);
    const suffix = { '1f8b': '.gz', '28b5': '.zst' }[bytes.toString('hex', 0, 2)] ?? '';
    const found = await decodeKernelModule(`/a/virtio.ko${suffix}`, bytes).catch(asRefusal);
    if (found === undefined) return;
    for (const name of [found.name, ...found.depends]) match(name, /^[\w.+]{1,56}$/);
  },
};

function asRefusal(error: unknown): undefined {
  if ([ElfFault, FileFault, InfraError].some((kind) => error instanceof kind)) return undefined;
  throw error;
}
