/** The harness proves that it can fail: every case that takes seconds, through the real command. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';

const KMX = fileURLToPath(new URL('../../scripts/kmx', import.meta.url));

describe('kmx selftest', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-selftest-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function selftest(words: readonly string[], environment: Record<string, string> = {}) {
    const { exitCode, all } = await execa(KMX, ['selftest', '--out', folder, ...words], {
      all: true,
      reject: false,
      stdin: 'ignore',
      env: environment,
    });
    return { exitCode, output: all };
  }

  it('finds that everything which is broken gets its one right verdict', async () => {
    const { exitCode, output } = await selftest([]);
    expect(exitCode, output).to.equal(0);
    expect(output).not.to.match(/^WRONG/m);
    expect(output.match(/^ok /gm)?.length, output).to.be.above(20);
  });

  it('says so where no guest can be booted at all', async () => {
    const broken = join(folder, 'qemu-system-x86_64');
    const script = '#!/bin/sh\ncase "$*" in *-version) exec "$REAL" "$@";; esac\nexit 1\n';
    await writeFile(broken, script);
    await chmod(broken, 0o755);
    const { stdout: real } = await execa('sh', ['-c', 'command -v qemu-system-x86_64']);
    const { exitCode, output } = await selftest(['--only', 'all-well', 'kernel-panics'], {
      PATH: `${folder}:${process.env.PATH}`,
      REAL: real,
    });
    expect(output.match(/^WRONG/gm)?.length, output).to.equal(2);
    expect(exitCode).to.equal(69);
  });

  it('refuses words that no case has, and names the way to those that there are', async () => {
    const { exitCode, output } = await selftest(['--only', 'nonsense']);
    expect(exitCode).to.equal(2);
    expect(output).to.contain('--list');
  });
});
