import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { getuid } from 'node:process';
import { expect } from 'chai';
import { UsageError } from '../../errors.ts';
import { buildBzImage } from '../testing/build-kernel.ts';
import { resolveRunningKernel } from './running-kernel.ts';

const RELEASE = '6.8.0-48-generic';

describe("the running kernel's files", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'kmx-running-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const write = async (path: string, content: string | Buffer): Promise<string> => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
    return join(root, path);
  };
  const failure = (): Promise<UsageError> =>
    resolveRunningKernel(root, RELEASE).then(
      () => expect.fail('it was taken'),
      (error: unknown) => {
        expect(error).to.be.instanceOf(UsageError);
        return error as UsageError;
      },
    );

  it('are those that Debian and Ubuntu have in /boot', async () => {
    const image = await write(`boot/vmlinuz-${RELEASE}`, buildBzImage(RELEASE));
    const config = await write(`boot/config-${RELEASE}`, 'CONFIG_CGROUPS=y\n');
    await write(`lib/modules/${RELEASE}/kernel/a.ko`, 'm');
    const kernel = await resolveRunningKernel(root, RELEASE);
    expect(kernel).to.include({ release: RELEASE, image, config, configFrom: 'file' });
    expect(kernel.modules).to.equal(join(root, 'lib/modules', RELEASE));
    expect(kernel.origin).to.equal(`this host's running kernel, ${image}`);
  });

  it('are those that Fedora has beside the modules', async () => {
    const image = await write(`lib/modules/${RELEASE}/vmlinuz`, buildBzImage(RELEASE));
    const config = await write(`lib/modules/${RELEASE}/config`, 'CONFIG_CGROUPS=y\n');
    expect(await resolveRunningKernel(root, RELEASE)).to.include({ image, config });
  });

  it('are missing on some hosts, which is told with the places that were looked at', async () => {
    const error = await failure();
    expect(error.code).to.equal('NO_RUNNING_KERNEL');
    expect(error.message).to.contain(join(root, `boot/vmlinuz-${RELEASE}`));
    expect(error.remedy).to.contain('host: {}');
  });

  it('may be those of another kernel after an update', async () => {
    await write(`boot/vmlinuz-${RELEASE}`, buildBzImage('6.8.0-49-generic'));
    expect((await failure()).message).to.contain(`${RELEASE}; found 6.8.0-49-generic`);
  });

  it('may not be readable', async function () {
    // Root may read everything.
    if (getuid?.() === 0) this.skip();
    await chmod(await write(`boot/vmlinuz-${RELEASE}`, buildBzImage(RELEASE)), 0o000);
    const error = await failure();
    expect(error.code).to.equal('KERNEL_UNREADABLE');
    expect(error.remedy).to.contain('sudo chmod a+r');
  });
});
