import { once } from 'node:events';
import { access, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { expect } from 'chai';
import { execa } from 'execa';
import { InfraError, UsageError } from '../../../errors.ts';
import type { BuildContext } from '../build-context.ts';
import type { ConfiguredKernel } from '../configured-kernel.ts';
import { type MiniatureKernel, makeMiniatureKernel } from '../testing/miniature-kernel.ts';
import { objectsKey } from './build-inputs.ts';
import { buildKernel } from './build-kernel.ts';
import { listPastBuilds } from './built-kernel.ts';
import { expectedBuild } from './expected-build.ts';

const PROGRAM = join(import.meta.dirname, '..', 'testing', 'build-miniature.ts');
const LINES = ['CONFIG_CGROUPS=y'];
const OTHER_LINES = ['CONFIG_CGROUPS=y', 'CONFIG_MEMCG_V1=y'];

describe('Building a kernel', function () {
  // Processes are started, on hosts that may be busy.
  this.timeout(60_000);
  let folder = '';
  let cacheRoot = '';
  let kernel: MiniatureKernel;
  let seen: Parameters<BuildContext['onProgress']>[0][] = [];

  const build = async (lines = LINES, context: Partial<BuildContext> = {}) => {
    seen = [];
    const onProgress = (progress: (typeof seen)[number]) => seen.push(progress);
    return buildKernel(await kernel.configured(lines), { cacheRoot, onProgress, ...context });
  };
  const failure = (building: Promise<unknown>): Promise<unknown> =>
    building.then(
      () => expect.fail('it was built'),
      (error: unknown) => error,
    );
  const builds = async () =>
    (await readFile(join(kernel.folder, 'builds'), 'utf8')).split('\n').length - 1;
  const last = () => seen.at(-1);
  const entries = () => readdir(join(cacheRoot, 'builds')).catch(() => []);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-build-'));
    cacheRoot = join(folder, 'cache');
    kernel = await makeMiniatureKernel(join(folder, 'tree'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('gives a kernel that says what it is, and its configuration', async () => {
    const built = await build();
    expect(built).to.include({ release: '6.12.0-mini', origin: 'source miniature' });
    expect(await readFile(built.config ?? '', 'utf8')).to.equal('CONFIG_CGROUPS=y\n');
    expect(built).to.not.have.property('modules');
  });

  it('is done once for the same sources, configuration and compiler', async () => {
    const { built: first, ...kernelOfFirst } = await build();
    const { built: second, ...kernelOfSecond } = await build();
    expect(kernelOfSecond).to.deep.equal(kernelOfFirst);
    expect([first?.isCached, second?.isCached]).to.deep.equal([false, true]);
    expect(second?.seconds).to.equal(first?.seconds);
    expect(seen).to.deep.equal([]);
    await build(OTHER_LINES);
    expect(await builds()).to.equal(2);
  });

  it('compiles only what depends on a symbol that has changed', async () => {
    await build();
    expect(last()).to.include({ kind: 'worked', what: 'compiling 6.12.0' });
    await build(OTHER_LINES);
    const log = join(cacheRoot, objectsKey(await kernel.configured(LINES)), 'make.log');
    expect(await readFile(log, 'utf8')).to.equal('  CC      kernel/exit.o\n  LD      vmlinux\n');
  });

  it('gives the same bytes in other folders, from other folders, and with objects of other builds', async () => {
    const bytes = async (built: { image: string }) => readFile(built.image);
    const first = await bytes(await build());
    await build(OTHER_LINES);
    kernel = await makeMiniatureKernel(join(folder, 'another', 'tree'));
    const clean = await build(OTHER_LINES, { cacheRoot: join(folder, 'another', 'cache') });
    const incremental = await build(OTHER_LINES);
    expect((await bytes(clean)).equals(await bytes(incremental))).to.equal(true);
    const again = await build(LINES, { cacheRoot: join(folder, 'another', 'cache') });
    expect((await bytes(again)).equals(first)).to.equal(true);
  });

  it('makes the modules that a guest needs, and no others', async () => {
    const { modules } = await build(['CONFIG_VIRTIO=m', 'CONFIG_VIRTIO_CONSOLE=m', 'CONFIG_FAT=m']);
    const found = await readdir(modules ?? '', { recursive: true });
    expect(found.filter((name) => name.endsWith('.ko')).sort()).to.deep.equal([
      'kernel/drivers/char/virtio_console.ko',
      'kernel/drivers/virtio/virtio.ko',
      'kernel/drivers/virtio/virtio_ring.ko',
    ]);
  });

  it('shows the first error of sources that do not compile, and where the rest is', async () => {
    await writeFile(join(kernel.folder, 'kernel/exit.c'), 'int x = 1\nint y;\n');
    const error = (await failure(build())) as UsageError;
    expect(error).to.be.instanceOf(UsageError);
    expect(error.message).to.match(
      /^the sources do not compile: kernel\/exit\.c:\d+:\d+: error: expected/,
    );
    const log = error.remedy?.replace('all that make printed: ', '') ?? '';
    expect(await readFile(log, 'utf8')).to.include('error: expected');
    expect(last()).to.include({ kind: 'not-worked' });
    expect(await entries()).to.deep.equal([]);
  });

  it('goes on with the objects that compiled once the sources do', async () => {
    const path = join(kernel.folder, 'mm/memcontrol.c');
    await writeFile(path, 'int x = 1\n');
    await failure(build());
    await writeFile(path, 'int x = 1;\n');
    await build();
    const log = join(cacheRoot, objectsKey(await kernel.configured(LINES)), 'make.log');
    expect(await readFile(log, 'utf8')).to.equal('  CC      mm/memcontrol.o\n  LD      vmlinux\n');
  });

  it('ends with its programs when it is told to, and leaves nothing half-done', async () => {
    await writeFile(join(kernel.folder, 'hold'), '');
    const controller = new AbortController();
    const reason = new Error('Ctrl-C');
    const failing = failure(build(LINES, { signal: controller.signal }));
    await untilThere(
      join(cacheRoot, objectsKey(await kernel.configured(LINES)), 'out/kernel/exit.o'),
    );
    controller.abort(reason);
    expect(await failing).to.equal(reason);
    expect(await entries()).to.deep.equal([]);
    expect(await readdir(join(cacheRoot, 'temporary'))).to.deep.equal([]);
    const { stdout } = await execa('ps', ['-eo', 'args']);
    expect(stdout).to.not.include(`O=${cacheRoot}`);
  });

  it('starts from scratch if the process of the last build was killed', async () => {
    await writeFile(join(kernel.folder, 'hold'), '');
    const killed = execa(process.execPath, [PROGRAM, kernel.folder, cacheRoot, ...LINES], {
      reject: false,
    });
    const output = join(cacheRoot, objectsKey(await kernel.configured(LINES)), 'out');
    await untilThere(join(output, 'kernel/exit.o'));
    killed.kill('SIGKILL');
    await killed;
    await writeFile(join(output, 'kernel/exit.o'), 'half');
    await rm(join(kernel.folder, 'hold'));
    const { image } = await build();
    expect((await readFile(image)).includes('half')).to.equal(false);
  });

  it('is done once by two processes that want the same at once', async () => {
    await writeFile(join(kernel.folder, 'hold'), '');
    const both = [1, 2].map(() =>
      execa(process.execPath, [PROGRAM, kernel.folder, cacheRoot, ...LINES]),
    );
    await Promise.race(both.map(({ stdout }) => untilSaid(stdout, 'note')));
    await rm(join(kernel.folder, 'hold'));
    const digests = (await Promise.all(both)).map(({ stdout }) => stdout.split('\n').at(-1));
    expect(digests[0]).to.match(/^sha256:/);
    expect(digests[1]).to.equal(digests[0]);
    expect(await builds()).to.equal(1);
  });

  it('is not waited for any longer once nobody wants it', async () => {
    await writeFile(join(kernel.folder, 'hold'), '');
    const other = execa(process.execPath, [PROGRAM, kernel.folder, cacheRoot, ...LINES]);
    const objects = objectsKey(await kernel.configured(LINES));
    await untilThere(join(cacheRoot, objects, 'out/kernel/exit.o'));
    const controller = new AbortController();
    const reason = new Error('Ctrl-C');
    // It says so when it begins to wait.
    const onProgress = (): void => void setImmediate(() => controller.abort(reason));
    const waiting = failure(build(LINES, { signal: controller.signal, onProgress }));
    expect(await waiting).to.equal(reason);
    await rm(join(kernel.folder, 'hold'));
    expect((await other).stdout).to.match(/sha256:.*$/);
    expect(await builds()).to.equal(1);
  });

  it('says that the disk is full, and frees what it has taken', async () => {
    const configured = await kernel.configured(LINES);
    const compiler = {
      ...configured.compiler,
      run: async (...[, { onLine }]: Parameters<ConfiguredKernel['compiler']['run']>) => {
        onLine?.(
          'kernel/fork.c:1:1: fatal error: error writing to a.s: No space left on device',
          'stderr',
        );
        return 2;
      },
    };
    const error = await failure(
      buildKernel({ ...configured, compiler }, { cacheRoot, onProgress: () => {} }),
    );
    expect(error).to.be.instanceOf(InfraError).and.to.include({ code: 'DISK_FULL' });
    expect(await readdir(join(cacheRoot, 'objects'))).to.deep.equal([]);
    expect(await entries()).to.deep.equal([]);
  });

  it('is void if the tree has changed meanwhile', async () => {
    const configured = await kernel.configured(LINES);
    const changed = new UsageError('changed', { code: 'TREE_CHANGED' });
    const confirm = () => Promise.reject(changed);
    const tree = { ...configured.tree, confirm };
    const error = failure(
      buildKernel({ ...configured, tree }, { cacheRoot, onProgress: () => {} }),
    );
    expect(await error).to.equal(changed);
    expect(await entries()).to.deep.equal([]);
  });

  it('is expected to take as long as those before it', async () => {
    const expected = async (lines: readonly string[]) =>
      expectedBuild(await kernel.configured(lines), {
        root: cacheRoot,
        builds: await listPastBuilds(cacheRoot),
      });
    expect(await expected(LINES)).to.deep.equal({ isThere: false });
    await build();
    expect(await expected(LINES)).to.deep.equal({ isThere: true, seconds: 0 });
    expect((await expected(OTHER_LINES)).seconds).to.be.a('number');
  });
});

async function untilSaid(stream: Readable, word: string): Promise<void> {
  let said = '';
  while (!said.includes(word)) said += String((await once(stream, 'data'))[0]);
}

async function untilThere(path: string): Promise<void> {
  while (
    await access(path).then(
      () => false,
      () => true,
    )
  ) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
