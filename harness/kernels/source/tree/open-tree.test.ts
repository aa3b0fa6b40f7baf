import { randomBytes } from 'node:crypto';
import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { InfraError, UsageError } from '../../../errors.ts';
import type { TreeSource } from '../../../matrix/matrix.ts';
import type { BuildContext } from '../build-context.ts';
import { writeMiniatureTree } from '../testing/miniature-tree.ts';
import { openTree } from './open-tree.ts';

const GIT = [
  '-c',
  'user.name=kmx',
  '-c',
  'user.email=kmx@localhost',
  '-c',
  'init.defaultBranch=main',
];

// Uses the host's git and tar.
describe('the sources of a kernel', () => {
  let folder: string;
  let tree: string;
  let context: BuildContext;
  const steps: string[] = [];
  const git = (...words: readonly string[]) => execa('git', [...GIT, '-C', tree, ...words]);
  const open = async (source: TreeSource) => await openTree(source, context);
  const fail = async (source: TreeSource): Promise<Error & { code?: string; remedy?: string }> => {
    try {
      await (await open(source)).open();
    } catch (error) {
      return error as Error;
    }
    throw new Error('Expected an error');
  };
  const cached = () => readdir(join(folder, 'cache/kernel-trees')).catch(() => []);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-tree-'));
    tree = join(folder, 'linux');
    await writeMiniatureTree(tree);
    steps.length = 0;
    context = {
      cacheRoot: join(folder, 'cache'),
      onProgress: (progress) => {
        if (progress.kind === 'worked') steps.push(progress.what);
      },
    };
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  describe('in a folder', () => {
    const source = (): TreeSource => ({ kind: 'folder', path: tree });

    it('are used where they are', async () => {
      const opened = await open(source());
      expect(await opened.open()).to.deep.equal({ folder: tree, version: '6.12.3' });
      expect(opened.origin).to.equal(`tree ${tree}`);
      expect(await cached()).to.deep.equal([]);
    });

    it('are read once for all kernels that ask at the same time', async () => {
      const [one, other] = await Promise.all([open(source()), open(source())]);
      expect(other.digest).to.equal(one.digest);
      expect(steps).to.deep.equal([`reading the files of ${tree}`]);
    });

    it('are not read any further once the command is interrupted', async () => {
      context = { ...context, signal: AbortSignal.abort() };
      const error = await fail(source());
      expect(error).to.have.property('name', 'AbortError');
      expect(steps).to.deep.equal([]);
      context = { ...context, signal: new AbortController().signal };
      expect((await open(source())).digest).to.match(/^sha256:/);
    });

    it('are digested anew only when a file has changed, and by what is in it', async () => {
      const first = await open(source());
      expect(steps).to.deep.equal([`reading the files of ${tree}`]);
      expect((await open(source())).digest).to.equal(first.digest);
      expect(steps).to.have.length(1);
      await writeFile(join(tree, 'Kconfig'), await readFile(join(tree, 'Kconfig')));
      expect((await open(source())).digest).to.equal(first.digest);
      expect(steps).to.have.length(2);
      await writeFile(join(tree, 'Kconfig'), '# empty\n');
      expect((await open(source())).digest).not.to.equal(first.digest);
      let other: string | undefined;
      for (const change of [
        () => chmod(join(tree, 'Kconfig'), 0o755),
        () => symlink('Kconfig', join(tree, 'link')),
        () => rm(join(tree, 'link')).then(() => symlink('Makefile', join(tree, 'link'))),
      ]) {
        await change();
        const { digest } = await open(source());
        expect(digest).not.to.equal(other);
        other = digest;
      }
    });

    it('are those of a commit, and of what differs from it, where git keeps track', async () => {
      await git('init', '--quiet');
      await git('add', '.');
      await git('commit', '--quiet', '-m', 'miniature');
      const index = await readFile(join(tree, '.git/index'));
      const clean = await open(source());
      expect(clean.origin).to.match(/ at [0-9a-f]{12}$/);
      // Another time of change is no change.
      await writeFile(join(tree, 'Kconfig'), await readFile(join(tree, 'Kconfig')));
      expect((await open(source())).digest).to.equal(clean.digest);
      await writeFile(join(tree, 'new.c'), 'int x;\n');
      const dirty = await open(source());
      expect(dirty.origin).to.match(/ at [0-9a-f]{12}, 1 file changed$/);
      expect(dirty.digest).not.to.equal(clean.digest);
      await writeFile(join(tree, 'new.c'), 'int y;\n');
      expect((await open(source())).digest).not.to.equal(dirty.digest);
      await writeFile(join(tree, '.git/info/exclude'), 'new.c\n');
      expect((await open(source())).digest).to.equal(clean.digest);
      expect(await readFile(join(tree, '.git/index'))).to.deep.equal(index);
    });

    it('are refused if a kernel was built among them, before one is built elsewhere', async () => {
      await writeFile(join(tree, '.config'), '');
      const error = await fail(source());
      expect(error).to.be.instanceOf(UsageError).with.property('code', 'TREE_NOT_CLEAN');
      expect(error.message).to.include('found .config');
      expect(error.remedy).to.include('mrproper');
    });

    it('must not change while a kernel is built from them', async () => {
      const opened = await open(source());
      await opened.confirm();
      await writeFile(join(tree, 'Kconfig'), '# empty\n');
      const error = await opened.confirm().catch((fault: unknown) => fault);
      expect(error).to.be.instanceOf(UsageError).with.property('code', 'TREE_CHANGED');
    });

    for (const [what, change, found] of [
      [
        'there is no Makefile',
        () => rm(join(tree, 'Makefile')),
        'no Makefile but Kconfig, scripts',
      ],
      ['there is no Kconfig', () => rm(join(tree, 'Kconfig')), 'no Kconfig but Makefile, scripts'],
      [
        'its Makefile is of something else',
        () => writeFile(join(tree, 'Makefile'), 'all:\n\ttrue\n'),
        'a Makefile of something else',
      ],
      ['there is nothing', () => rm(tree, { recursive: true }), 'no such folder'],
      [
        'it is a file',
        () => rm(tree, { recursive: true }).then(() => writeFile(tree, '')),
        'a file',
      ],
    ] as const) {
      it(`are not there if ${what}`, async () => {
        await change();
        const error = await fail(source());
        expect(error).to.be.instanceOf(UsageError).with.property('code', 'NO_KERNEL_TREE');
        expect(error.message).to.include(`found ${found}`);
      });
    }
  });

  describe('in an archive', () => {
    const archive = () => join(folder, 'linux.tar');
    const source = (): TreeSource => ({ kind: 'tarball', path: archive() });
    const pack = (...words: readonly string[]) =>
      execa('tar', ['-cf', archive(), '-C', folder, ...words]);

    for (const [program, ...words] of [['gzip'], ['xz'], ['zstd', '--rm'], ['bzip2'], ['true']]) {
      it(`are unpacked once, packed with ${program}`, async () => {
        await pack('linux');
        await execa(program ?? '', [...words, archive()]);
        const name = (await readdir(folder)).find((file) => file.startsWith('linux.tar')) ?? '';
        const packed: TreeSource = { kind: 'tarball', path: join(folder, name) };
        const opened = await (await open(packed)).open();
        expect(opened.version).to.equal('6.12.3');
        expect(await readFile(join(opened.folder, 'Kconfig'), 'utf8')).to.include('CPUSETS_V1');
        expect(await (await open(packed)).open()).to.deep.equal(opened);
        expect(steps).to.have.length(1);
      });
    }

    it('may be at its top, and come without what git keeps', async () => {
      await mkdir(join(tree, '.git'));
      await writeFile(join(tree, '.git/config'), '');
      await execa('tar', ['-cf', archive(), '-C', tree, '.']);
      const opened = await (await open(source())).open();
      expect(await readdir(opened.folder)).to.have.members(['Kconfig', 'Makefile', 'scripts']);
    });

    it('are known by the content of the archive', async () => {
      await pack('linux');
      const first = await open(source());
      expect((await open(source())).digest).to.equal(first.digest);
      await writeFile(join(tree, 'more'), '');
      await pack('linux');
      expect((await open(source())).digest).not.to.equal(first.digest);
    });

    for (const [what, make, found] of [
      [
        'is cut',
        async () => {
          await pack('linux');
          await execa('gzip', [archive()]);
          const bytes = await readFile(`${archive()}.gz`);
          await writeFile(archive(), bytes.subarray(0, bytes.length / 2));
        },
        'gzip data that are damaged',
      ],
      ['is none', () => writeFile(archive(), 'hello\n'.repeat(200)), 'does not look like a tar'],
      [
        'is none, but packed',
        async () => {
          await writeFile(archive(), randomBytes(8 * 1024 * 1024));
          await execa('gzip', [archive()]);
          await rename(`${archive()}.gz`, archive());
        },
        'does not look like a tar',
      ],
      [
        'is empty',
        () => execa('tar', ['-cf', archive(), '-T', '/dev/null']),
        'no Makefile but nothing',
      ],
      [
        'has other things',
        async () => {
          await rm(join(tree, 'Kconfig'));
          await pack('linux');
        },
        'no Kconfig but Makefile, scripts',
      ],
      [
        'has a link that leads out of it',
        async () => {
          await symlink('../../../../../../etc', join(tree, 'escape'));
          await pack('linux');
        },
        'link linux/escape leads out of it',
      ],
      [
        'has a device',
        async () => {
          await execa('mkfifo', [join(tree, 'fifo')]);
          await pack('linux');
        },
        'a device: linux/fifo',
      ],
    ] as const) {
      it(`are refused if it ${what}, and nothing is left`, async () => {
        await make();
        const error = await fail(source());
        expect(error).to.be.instanceOf(UsageError);
        expect(error.message).to.include(found);
        expect(await cached()).to.deep.equal([]);
        expect(await readdir(join(folder, 'cache/temporary'))).to.deep.equal([]);
      });
    }

    it('never leave the folder that they are unpacked into', async () => {
      await mkdir(join(folder, 'outside'));
      await writeFile(join(folder, 'evil'), 'evil');
      const outside = join(folder, 'outside/evil');
      const rename = [`--transform=s|^evil$|../../../../outside/evil|`, 'evil', 'linux'];
      await execa('tar', ['-P', '-cf', archive(), '-C', folder, ...rename]);
      const { stdout } = await execa('tar', ['-P', '-tf', archive()]);
      expect(stdout).to.include('../outside/evil');
      await fail(source());
      expect(await lstat(outside).catch(() => 'nothing')).to.equal('nothing');
    });

    it('are not unpacked any further once nobody wants them', async () => {
      await pack('linux');
      const interrupt = new AbortController();
      context = {
        ...context,
        signal: interrupt.signal,
        onProgress: ({ kind }) => {
          if (kind === 'working') interrupt.abort(new Error('interrupted'));
        },
      };
      expect((await fail(source())).message).to.equal('interrupted');
      expect(await readdir(join(folder, 'cache/temporary'))).to.deep.equal([]);
    });
  });

  describe('at a commit', () => {
    const source = (commit: string, repository = tree): TreeSource => ({
      kind: 'git',
      repository,
      commit,
    });

    beforeEach(async () => {
      await git('init', '--quiet');
      await git('add', '.');
      await git('commit', '--quiet', '-m', 'miniature');
      await git('tag', 'v6.12.3');
    });

    it('are unpacked, whatever the work tree holds', async () => {
      await writeFile(join(tree, 'Makefile'), 'broken');
      await writeFile(join(tree, '.config'), '');
      const opened = await open(source('v6.12.3'));
      expect(opened.origin).to.match(/linux at v6\.12\.3 \([0-9a-f]{12}\)$/);
      expect((await opened.open()).version).to.equal('6.12.3');
      expect(await readFile(join(tree, 'Makefile'), 'utf8')).to.equal('broken');
    });

    it('are the same at commits with the same files', async () => {
      const first = await open(source('v6.12.3'));
      await git('commit', '--quiet', '--allow-empty', '-m', 'nothing');
      const second = await open(source('HEAD'));
      expect(second.digest).to.equal(first.digest);
      expect(second.origin).not.to.equal(first.origin);
      await second.open();
      await first.open();
      expect(steps).to.have.length(1);
    });

    for (const [commit, remedy] of [
      ['v6.12.33', 'did you mean v6.12.3?'],
      ['0123456789', 'fetch --tags'],
      ['--help', 'fetch --tags'],
    ] as const) {
      it(`are not there if nobody knows ${commit}`, async () => {
        const error = await fail(source(commit));
        expect(error).to.be.instanceOf(UsageError).with.property('code', 'NO_COMMIT');
        expect(error.remedy).to.include(remedy);
      });
    }

    it('may be missing from a shallow clone, which the error says', async () => {
      await git('commit', '--quiet', '--allow-empty', '-m', 'nothing');
      const { stdout } = await git('rev-parse', 'HEAD^');
      const clone = join(folder, 'clone');
      await execa('git', ['clone', '--quiet', '--depth=1', `file://${tree}`, clone]);
      const error = await fail(source(stdout, clone));
      expect(error).to.have.property('code', 'NO_COMMIT');
      expect(error.remedy).to.include('--unshallow');
      expect((await (await open(source('HEAD', clone))).open()).version).to.equal('6.12.3');
    });

    it('are refused if the commit has something else', async () => {
      await git('rm', '--quiet', 'Kconfig');
      await git('commit', '--quiet', '-m', 'no more');
      const error = await fail(source('HEAD'));
      expect(error).to.have.property('code', 'NO_KERNEL_TREE');
      expect(error.message).to.include('a commit without Kconfig');
    });

    it('are refused if there is no repository', async () => {
      const error = await fail(source('HEAD', join(folder, 'cache')));
      expect(error).to.be.instanceOf(UsageError).with.property('code', 'NO_REPOSITORY');
    });

    it('are the fault of the host if objects of the repository are lost', async () => {
      const { stdout } = await git('rev-parse', 'HEAD:Kconfig');
      await rm(join(tree, '.git/objects', stdout.slice(0, 2)), { recursive: true });
      const error = await fail(source('HEAD'));
      expect(error).to.be.instanceOf(InfraError).with.property('code', 'GIT_FAILED');
      expect(await cached()).to.deep.equal([]);
    });
  });
});
