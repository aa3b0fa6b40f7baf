/** git bisect in a tree of a kernel, as far as no guest is booted: commits that give no kernel. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import type { Measured } from './measure.ts';
import { codeOf } from './step.ts';

const KMX = resolve('scripts/kmx');

const MAKEFILE = `VERSION = 6
PATCHLEVEL = 12
SUBLEVEL = 3
EXTRAVERSION =
tinyconfig olddefconfig:
	@mkdir -p $(O)
	@echo '# Linux/x86 6.12.3 Kernel Configuration' >$(O)/.config
	@echo 'CONFIG_CGROUPS=y' >>$(O)/.config
bzImage:
	@echo '  CC      kernel/fork.o'
	@mkdir -p $(O)/arch/x86/boot
	@gcc -c -o $(O)/fork.o kernel/fork.c
	@echo 'no kernel' >$(O)/arch/x86/boot/bzImage
`;

const TREE: Readonly<Record<string, string>> = {
  Makefile: MAKEFILE,
  Kconfig: 'config CGROUPS\n\tbool "Control groups"\n',
  'scripts/kconfig/Makefile': '# nothing\n',
  'kernel/fork.c': 'int fork(void) { return 0; }\n',
};

const matrixOf = (symbols = ''): string => `
kernels: { built: { source: { tree: linux, base: tinyconfig, symbols: [${symbols}] } } }
cgroups: [v1]
agents: { unguarded: { reference: { guard: off } } }
`;

describe('kmx bisect-step in a tree of a kernel', function () {
  // Each step is a process that calls make and a compiler.
  this.timeout(60_000);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-step-'));
    await commit(TREE);
    await writeFile(join(folder, 'matrix.yaml'), matrixOf());
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function commit(files: Readonly<Record<string, string>>): Promise<void> {
    const cwd = join(folder, 'linux');
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(cwd, path)), { recursive: true });
      await writeFile(join(cwd, path), text);
    }
    const git = ['-c', 'user.name=a', '-c', 'user.email=a@b'];
    await execa('git', ['init', '--quiet'], { cwd });
    await execa('git', ['add', '--all'], { cwd });
    await execa('git', [...git, 'commit', '--quiet', '--message', 'a'], { cwd });
  }

  async function step() {
    const words = ['--matrix', join(folder, 'matrix.yaml'), 'bisect-step', '--expect', 'fail'];
    const { exitCode, all } = await execa(KMX, [...words, '--test', 'v1', 'unguarded'], {
      ...{ cwd: join(folder, 'linux'), reject: false, all: true },
      env: { CI: 'true', KMX_CACHE: join(folder, 'cache') },
    });
    return { exitCode, all };
  }

  it('skips a commit that does not compile, and says the first error', async () => {
    await commit({ 'kernel/fork.c': 'int fork(void) { return 0 }\n' });
    const { exitCode, all } = await step();
    expect(all).to.match(
      /unclear {2}built: the sources do not compile: kernel\/fork\.c:1:\d+: error: /,
    );
    expect(exitCode).to.equal(125);
  });

  it('skips a commit that cannot be configured', async () => {
    await commit({ Makefile: MAKEFILE.replace('olddefconfig:', 'olddefconfig:\n\t@exit 3') });
    const { exitCode, all } = await step();
    expect(all).to.match(/unclear {2}built: make tinyconfig failed/);
    expect(exitCode).to.equal(125);
  });

  it('skips a commit that has no symbol of the request', async () => {
    await writeFile(join(folder, 'matrix.yaml'), matrixOf('CONFIG_CPUSETS=y'));
    const { exitCode, all } = await step();
    expect(all).to.match(/unclear {2}.*1 requested symbol did not take/);
    expect(exitCode).to.equal(125);
  });

  it('skips a commit whose build ends without a kernel', async () => {
    const { exitCode, all } = await step();
    expect(all).to.match(/unclear {2}.*bzImage/);
    expect(exitCode).to.equal(125);
  });

  it('ends the bisect where another commit would not help', async () => {
    await writeFile(join(folder, 'linux/.config'), 'CONFIG_CGROUPS=y\n');
    const { exitCode, all } = await step();
    expect(all).to.include('expected clean sources');
    expect(exitCode).to.equal(128);
  });
});

describe('what git bisect run is told', () => {
  const measured = (outcome: Measured['outcome'], fault?: string): Measured => ({
    ...{ outcome, why: '', folder: '' },
    ...(fault === undefined ? {} : { fault }),
  });
  for (const [outcome, fault, code, oldNew] of [
    ['good', undefined, 0, 1],
    ['bad', undefined, 1, 0],
    ['unclear', undefined, 125, 125],
    ['unclear', 'BUILD_FAILED', 125, 125],
    ['unclear', 'CONFIGURE_FAILED', 125, 125],
    ['unclear', 'TREE_NOT_CLEAN', 128, 128],
  ] as const) {
    it(`is ${code} for ${outcome}${fault === undefined ? '' : ` with ${fault}`}`, () => {
      expect(codeOf(measured(outcome, fault), false)).to.equal(code);
      expect(codeOf(measured(outcome, fault), true)).to.equal(oldNew);
    });
  }
});
