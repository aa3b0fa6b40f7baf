import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect } from 'chai';
import { buildPackedBzImage, buildVmlinux } from '../kernels/testing/build-kernel.ts';
import { unpack } from './boot-image.ts';

const bzImageWith = (payload: Buffer): Buffer => buildPackedBzImage('6.12.117', payload);

describe('A boot image', () => {
  const vmlinux = buildVmlinux('6.12.117');
  /** As in the kernel's build, the unpacked size follows the frame. */
  const zstd = (elf: Buffer) => Buffer.concat([zstdCompressSync(elf), Buffer.alloc(4)]);

  it('is the ELF file in a bzImage compressed with zstd or gzip', async () => {
    for (const compress of [zstd, gzipSync]) {
      const elf = await unpack(bzImageWith(compress(vmlinux)));
      expect(Buffer.isBuffer(elf) && elf.equals(vmlinux)).to.equal(true);
    }
  });

  it('is the image itself where the ELF file cannot be unpacked or started', async () => {
    const withoutEntry = buildVmlinux('6.12.117', { hasPvhEntry: false });
    const lz4 = Buffer.from('02214c18', 'hex');
    expect(await unpack(vmlinux)).to.include('ELF file already');
    expect(await unpack(Buffer.from('a kernel'))).to.include('no bzImage');
    const cut = gzipSync(vmlinux).subarray(0, -9);
    expect(await unpack(bzImageWith(cut))).to.include('does not unpack');
    expect(await unpack(bzImageWith(lz4))).to.include('compression');
    expect(await unpack(bzImageWith(zstd(withoutEntry)))).to.include('PVH');
  });

  it('does not unpack without end', async function () {
    // It unpacks 256 MiB, twice, which a busy host takes a while for.
    this.timeout(60_000);
    const mib = Buffer.alloc(1024 * 1024);
    const bombs = { gzip: gzipSync(mib), zstd: zstdCompressSync(mib) };
    for (const [what, packed] of Object.entries(bombs)) {
      const bomb = Buffer.concat([...Array<Buffer>(300).fill(packed), Buffer.alloc(4)]);
      expect(await unpack(bzImageWith(bomb)), what).to.match(/^it does not unpack: .* larger than/);
    }
  });
});
