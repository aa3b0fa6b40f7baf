import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import fc from 'fast-check';
import { UsageError } from '../errors.ts';
import { identifyBzImage, identifyVmlinux, readKernelRelease } from './kernel-file.ts';
import { buildElf } from './testing/build-elf.ts';
import { buildBzImage, buildVmlinux } from './testing/build-kernel.ts';
import { damaged } from './testing/damaged.ts';

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
    ['a bzImage with a path as release', buildBzImage('../6.1'), 'does not say its release'],
    ['a vmlinux with a path as release', buildVmlinux('6/../1'), 'an ELF file that is no kernel'],
    ['a bzImage with an endless release', buildBzImage('6'.repeat(65)), 'does not say its release'],
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

  it('is refused, and not waited for, if it is no file of a reasonable size', async () => {
    await execa('mkfifo', [join(folder, 'fifo')]);
    await writeFile(join(folder, 'huge'), '');
    await truncate(join(folder, 'huge'), 2 ** 31 + 1);
    const wrong = { '/dev/zero': 'a device', [join(folder, 'fifo')]: 'a FIFO' };
    for (const [path, found] of Object.entries({ ...wrong, [join(folder, 'huge')]: '2049 MiB' })) {
      const error = await readKernelRelease(path).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(UsageError).with.property('code', 'KERNEL_UNREADABLE');
      expect(error).to.have.property('message').that.includes(found);
    }
  });

  it('may hold any bytes', () => {
    for (const sound of [buildBzImage('6.1'), buildVmlinux('6.1')]) {
      fc.assert(
        fc.property(damaged(sound), (bytes) => {
          for (const found of [identifyBzImage(bytes), identifyVmlinux(bytes)]) {
            if (found.kind === 'kernel') expect(found.release).to.match(/^\d[^/\s]{0,63}$/);
            else expect(found.problem).to.match(/^(an?|no|the) /);
          }
        }),
        { numRuns: 1000 },
      );
    }
  });
});
