import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';

const SCRIPTS = fileURLToPath(new URL('../../scripts/', import.meta.url));

/** Stands in for npm: records that it was called, and makes the packages' folder. */
const NPM = 'rm -rf node_modules && mkdir node_modules && echo "$@" >>npm-calls';

describe('scripts/kmx', () => {
  let clone: string;
  beforeEach(() => {
    clone = mkdtempSync(join(tmpdir(), 'kmx-launcher-'));
    for (const folder of ['scripts', 'bin', 'harness/cli']) {
      mkdirSync(join(clone, folder), { recursive: true });
    }
    for (const name of ['environment.sh', 'kmx', 'setup']) {
      copyFileSync(join(SCRIPTS, name), join(clone, 'scripts', name));
    }
    writeProgram('npm', NPM);
    writeFileSync(join(clone, 'package-lock.json'), '{}');
    writeFileSync(join(clone, 'npm-calls'), '');
    const main = "console.log(process.argv.slice(2).join(' '), process.env.NODE_COMPILE_CACHE)";
    writeFileSync(join(clone, 'harness/cli/main.ts'), main);
  });
  afterEach(() => rmSync(clone, { recursive: true }));

  async function start(...words: string[]): Promise<string> {
    const PATH = [join(clone, 'bin'), dirname(process.execPath), process.env.PATH].join(delimiter);
    const { stdout } = await execa(join(clone, 'scripts/kmx'), words, {
      env: { PATH, NODE_COMPILE_CACHE: '' },
      cwd: tmpdir(),
    });
    return stdout;
  }

  const countNpmCalls = (): number =>
    readFileSync(join(clone, 'npm-calls'), 'utf8').split('\n').length - 1;

  function writeProgram(name: string, script: string): void {
    writeFileSync(join(clone, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }

  it('hands its words on, and has node keep what it compiled beside the packages', async () => {
    const said = await start('list', '--only', 'a b');
    expect(said).to.equal(`list --only a b ${join(clone, 'node_modules/.cache/kmx-compiled')}`);
  });

  it('installs the packages on first use, and never again', async () => {
    await start('--help');
    await start('list');
    expect(countNpmCalls()).to.equal(1);
  });

  for (const name of ['package-lock.json', 'scripts/setup']) {
    it(`installs the packages anew when ${name} has changed`, async () => {
      await start('list');
      appendFileSync(join(clone, name), '\n');
      await start('list');
      expect(countNpmCalls()).to.equal(2);
    });
  }

  it('installs the packages anew when someone has taken them away', async () => {
    await start('list');
    rmSync(join(clone, 'node_modules'), { recursive: true });
    await start('list');
    expect(countNpmCalls()).to.equal(2);
  });

  it('starts nothing when the set-up has failed, and says so by its exit code', async () => {
    writeProgram('npm', 'echo no network; exit 1');
    const failed: unknown = await start('list').catch((error: unknown) => error);
    expect(failed).to.include({ exitCode: 69, stdout: '' });
    expect((failed as { stderr: string }).stderr).to.match(/no network.*set-up failed/s);
  });

  it('sees to the guests’ programs, too, before a run, whatever options stand before it', async () => {
    mkdirSync(join(clone, 'guest'));
    for (const tool of ['cc', 'qemu-system-x86_64', 'xz']) writeProgram(tool, 'exit 0');
    writeProgram('cargo', 'echo cargo was asked; exit 1');
    for (const words of [['run'], ['--matrix', 'run.yaml', 'selftest']]) {
      const failed: unknown = await start(...words).catch((error: unknown) => error);
      expect((failed as { stderr: string }).stderr).to.contain('cargo was asked');
    }
    expect(await start('--matrix', 'run', 'list')).to.match(/^--matrix run list/);
  });
});
