/** A bundle made on this host, and used where there is nothing but it: real kernel, real QEMU, real agent. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { expect } from 'chai';
import { execa } from 'execa';
import { guestBinaries, projectRoot } from '../project.ts';

const MAIN = join(projectRoot, 'harness/cli/main.ts');
const SIGNATURE = /"signature": "(s\d+-[0-9a-f]+)"/;

describe('a bundle of the panic on 6.12', function () {
  this.timeout(600_000);
  let folder: string;
  let file: string;
  let unpacked: string;

  const kmx = (words: readonly string[], options: { cwd?: string; cache?: string } = {}) => {
    const { cwd = projectRoot, cache } = options;
    return execa('node', ['--disable-warning=ExperimentalWarning', MAIN, ...words], {
      ...{ cwd, all: true, reject: false },
      env: cache === undefined ? {} : { KMX_CACHE: cache },
    });
  };
  const untar = async (bundle: string, to: string) => {
    await mkdir(to);
    const input = zstdDecompressSync(await readFile(bundle));
    await execa('tar', ['-xf', '-', '-C', to], { input });
    const [name = ''] = await readdir(to);
    return join(to, name);
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-bundles-'));
    file = join(folder, 'panic.kmx.tar.zst');
    const made = await kmx(['bundle', 'panic-6.12', '-o', file]);
    expect(made.exitCode, made.all).to.equal(0);
    expect(made.all).to.contain('reproduced: same signature');
    unpacked = await untar(file, join(folder, 'unpacked'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is reproduced elsewhere, with an empty cache and without a network', async () => {
    const elsewhere = await mkdtemp(join(folder, 'elsewhere-'));
    const { exitCode, all } = await kmx(['reproduce', file, '--offline'], {
      cwd: elsewhere,
      cache: join(elsewhere, 'cache'),
    });
    expect(exitCode, all).to.equal(0);
    expect(all).to.match(/reproduced: same signature\s*$/);
    expect(all).to.contain('unguarded.rs').and.to.contain('CreateContainer');
  });

  it('shows the panic with nothing but QEMU', async () => {
    const { stdout, exitCode } = await execa('./run.sh', {
      ...{ cwd: unpacked, extendEnv: false, env: { PATH: '/usr/bin:/bin' } },
    });
    expect(exitCode).to.equal(0);
    expect(stdout).to.match(/^replay: \d+ CreateContainer: no answer, as recorded\r?$/m);
    expect(stdout).to.match(/replay: all \d+ calls ended as recorded/);
    // On a console, the panic of a program that is not PID 1 counts as a test's own output.
    const [panic = ''] = /^thread '.*?(?=^replay: )/ms.exec(stdout.replaceAll('\r', '')) ?? [];
    const log = join(folder, 'agent.log');
    await writeFile(log, panic);
    const [, signature] =
      SIGNATURE.exec(await readFile(join(unpacked, 'bundle.json'), 'utf8')) ?? [];
    expect((await kmx(['classify', log])).all).to.contain(signature);
  });

  it('says nothing of this host', async () => {
    const words = [homedir(), projectRoot, hostname(), userInfo().username, process.env.KMX_CACHE]
      .filter(
        (word) =>
          word !== undefined && word.length >= 3 && !['root', '/root', 'localhost'].includes(word),
      )
      .concat(homedir() === '/root' ? ['/root/.'] : []);
    const paths = await readdir(unpacked, { recursive: true, withFileTypes: true });
    for (const entry of paths.filter((one) => one.isFile())) {
      const path = join(entry.parentPath, entry.name);
      // What others have built says where they did.
      if (path.endsWith('kernel/image')) continue;
      const text = (await readFile(path)).toString('latin1');
      for (const word of words)
        expect(text.includes(word as string), `${word} in ${path}`).to.equal(false);
    }
  });

  it('without its agent takes one from its reader', async () => {
    const without = join(folder, 'without.kmx.tar.zst');
    const made = await kmx(['bundle', 'panic-6.12', '--no-agent', '-o', without]);
    expect(made.exitCode, made.all).to.equal(0);
    const refused = await kmx(['reproduce', without]);
    expect(refused.exitCode).to.equal(2);
    expect(refused.all).to.contain('has no agent, only its digest sha256:');
    const given = await kmx(['reproduce', without, '--agent', guestBinaries.agent]);
    expect(given.exitCode, given.all).to.equal(0);
    expect(given.all).to.contain('reproduced: same signature');
    const script = await execa('./run.sh', ['--agent', guestBinaries.agent], {
      cwd: await untar(without, join(folder, 'unpacked-without')),
    });
    expect(script.stdout).to.contain('unguarded.rs');
  });

  it('is refused if a byte of it has changed', async () => {
    const tar = zstdDecompressSync(await readFile(file));
    const at = tar.indexOf('console=ttyS0', tar.length / 2);
    tar.write('Console', at);
    const changed = join(folder, 'changed.kmx.tar.zst');
    await writeFile(changed, zstdCompressSync(tar));
    const { exitCode, all } = await kmx(['reproduce', changed]);
    expect(exitCode, all).to.equal(2);
    expect(all).to.contain('expected a file that kmx bundle wrote; found a bundle whose');
  });
});
