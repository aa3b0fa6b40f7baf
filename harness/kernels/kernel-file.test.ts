import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { UsageError } from '../errors.ts';
import { identifyBzImage, identifyVmlinux, readKernelRelease } from './kernel-file.ts';
import { buildElf } from './testing/build-elf.ts';
import { buildBzImage, buildVmlinux } from './testing/build-kernel.ts';

describe('A kernel file', () => {
  let folder = '';
  const readRelease = async (content: Buffer | string) => {
    const path = join(folder, 'kernel');
    await writeFile(path, content);
    return readKernelRelease(path);
  };
  const fail = (content: Buffer | string) =>
    readRelease(content).then(
      () => expect.fail('a release was found'),
      (error: unknown) => error,
    );

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-kernel-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('says its release as a bzImage', async () => {
    const release = await readRelease(buildBzImage('6.12.117+deb13-cloud-amd64'));
    expect(release).to.equal('6.12.117+deb13-cloud-amd64');
  });

  it('says its release as a vmlinux, whose text also has a form without one', async () => {
    expect(await readRelease(buildVmlinux('6.1.0-rc3+'))).to.equal('6.1.0-rc3+');
  });

  const wrong: readonly (readonly [string, Buffer | string, string])[] = [
    ['an empty file', '', 'an empty file'],
    ['a script', '#!/bin/sh\nexit\n', 'starts with the bytes 23212f62'],
    ['a gzip file', Buffer.from('1f8b0800', 'hex'), 'a gzip file'],
    ['a kernel for 32 bits', buildBzImage('6.1', { flags: 0 }), 'for 32 bits'],
    ['a bzImage without a release', buildBzImage(''), 'does not say its release'],
    ['a program', buildElf({}), 'an ELF file that is no kernel'],
    ['a vmlinux for arm64', buildVmlinux('6.1', { machine: 183 }), 'for another machine'],
    ['a vmlinux that QEMU cannot start', buildVmlinux('6.1', { hasPvhEntry: false }), 'PVH'],
  ];
  for (const [what, content, message] of wrong) {
    it(`is refused if it is ${what}`, async () => {
      const error = await fail(content);
      expect(error).to.be.instanceOf(UsageError).with.property('code', 'NOT_A_KERNEL');
      expect(error).to.have.property('message').that.includes(message);
      expect(error).to.have.property('message').that.includes(join(folder, 'kernel'));
    });
  }

  it('is refused if it cannot be read', async () => {
    for (const path of ['/nonexistent/vmlinuz', folder]) {
      const error = await readKernelRelease(path).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(UsageError).with.property('code', 'KERNEL_UNREADABLE');
    }
  });

  it('may hold any bytes', () => {
    const head = fc.uint8Array({ minLength: 0, maxLength: 0x400 });
    fc.assert(
      fc.property(head, (bytes) => {
        const image = buildBzImage('6.1');
        image.set(bytes, 0x206);
        expect(identifyBzImage(image)).to.be.an('object');
        expect(identifyBzImage(Buffer.from(bytes))).to.have.property('problem');
        expect(identifyVmlinux(Buffer.from(bytes))).to.have.property('problem');
      }),
    );
  });
});
