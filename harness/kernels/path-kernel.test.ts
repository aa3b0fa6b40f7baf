import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { UsageError } from '../errors.ts';
import { resolveKernel } from './resolve-kernel.ts';
import { buildBzImage } from './testing/build-kernel.ts';

describe('A kernel by path', () => {
  let folder = '';
  const context = { cacheRoot: '/nonexistent', onProgress: () => {} };
  const resolvePath = (files: { image?: string; config?: string; modules?: string } = {}) =>
    resolveKernel('mine', { kind: 'path', image: join(folder, 'bzImage'), ...files }, context);
  const fail = (files: { image?: string; config?: string; modules?: string }) =>
    resolvePath(files).then(
      () => expect.fail('it was resolved'),
      (error: unknown) => error,
    );

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-path-'));
    await writeFile(join(folder, 'bzImage'), buildBzImage('6.1.0-mine'));
    await writeFile(join(folder, 'config'), 'CONFIG_CGROUPS=y\n');
    await mkdir(join(folder, 'modules', 'kernel'), { recursive: true });
    await writeFile(join(folder, 'modules', 'kernel', 'virtio.ko.xz'), 'x');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('needs no more than its image', async () => {
    const kernel = await resolvePath();
    expect(kernel).to.include({ release: '6.1.0-mine', image: join(folder, 'bzImage') });
    expect(kernel).to.not.have.any.keys('config', 'modules');
    expect(kernel.origin).to.equal(`path ${join(folder, 'bzImage')}`);
  });

  it('has absolute paths whatever way they were written', async () => {
    const relative = join('..', '..', '..', '..', '..', '..', '..', '..', folder);
    const kernel = await resolvePath({ image: join(relative, 'bzImage') });
    expect(kernel.image).to.equal(join(folder, 'bzImage'));
  });

  it('is another kernel if its image, its config or its modules are others', async () => {
    const files = { config: join(folder, 'config'), modules: join(folder, 'modules') };
    const digests = [(await resolvePath()).digest, (await resolvePath(files)).digest];
    await writeFile(join(folder, 'modules', 'kernel', 'overlay.ko'), 'x');
    digests.push((await resolvePath(files)).digest);
    await writeFile(join(folder, 'config'), 'CONFIG_CGROUPS=n\n');
    digests.push((await resolvePath(files)).digest);
    await writeFile(join(folder, 'bzImage'), buildBzImage('6.2.0-mine'));
    digests.push((await resolvePath(files)).digest);
    expect(new Set(digests).size).to.equal(5);
    expect((await resolvePath(files)).digest).to.equal(digests[4]);
  });

  it('is refused if its config or its modules are not there', async () => {
    const missing = join(folder, 'missing');
    for (const files of [{ config: missing }, { modules: missing }]) {
      const error = await fail(files);
      expect(error).to.be.instanceOf(UsageError).with.property('code', 'KERNEL_UNREADABLE');
      expect(error).to.have.property('message').that.includes(missing);
    }
  });

  it('is refused if its modules are a file or a folder without modules', async () => {
    await mkdir(join(folder, 'empty'));
    for (const modules of [join(folder, 'config'), join(folder, 'empty')]) {
      const error = await fail({ modules });
      expect(error).to.be.instanceOf(UsageError).with.property('code', 'NO_MODULES');
    }
  });

  it('is refused if its config is none', async () => {
    await writeFile(join(folder, 'config'), 'hello\n');
    const error = await fail({ config: join(folder, 'config') });
    expect(error).to.be.instanceOf(UsageError).with.property('code', 'NO_CONFIG');
    expect(error).to.have.property('message').that.includes('a text that begins with: hello');
  });

  it('is refused, and not waited for, if its config is no file', async () => {
    await execa('mkfifo', [join(folder, 'fifo')]);
    for (const config of [join(folder, 'fifo'), '/dev/zero', folder]) {
      const error = await fail({ config });
      expect(error).to.be.instanceOf(UsageError).with.property('code', 'NO_CONFIG');
      expect(error)
        .to.have.property('message')
        .that.matches(/found a (FIFO|device|folder)$/);
    }
  });
});
