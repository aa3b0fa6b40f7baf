import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';
import { buildTar } from '../../kernels/testing/build-archives.ts';
import { buildImage, writeLayout } from '../../kernels/testing/build-image.ts';
import { buildBzImage } from '../../kernels/testing/build-kernel.ts';

const KMX = fileURLToPath(new URL('../../../scripts/kmx', import.meta.url));
const MATRIX = `kernels:
  one: { path: { image: one } }
  two: { path: { image: two } }
cgroups: [v2]
agents:
  mine: { kata: { path: /usr/bin/true } }
`;

// The command as users run it, with kernels that need no network.
describe('kmx kernels lock', function () {
  this.timeout(60_000);
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-lock-'));
    await writeFile(join(folder, 'matrix.yaml'), MATRIX);
    await write('one', '6.1.0-one');
    await write('two', '6.12.0-two');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = (name: string, release: string) =>
    writeFile(join(folder, name), buildBzImage(release));
  const lockText = () => readFile(join(folder, 'matrix.lock.yaml'), 'utf8');
  const lock = async (...words: readonly string[]) => {
    const { exitCode, stdout, stderr } = await execa(KMX, ['kernels', 'lock', ...words], {
      cwd: folder,
      reject: false,
      stdin: 'ignore',
      env: { KMX_CACHE: join(folder, 'cache'), CI: 'true' },
    });
    return { exitCode, lines: stdout.split('\n').map((line) => line.replace(/ +/g, ' ')), stderr };
  };

  it('writes what the kernels are, and finds nothing changed afterwards', async () => {
    const { exitCode, lines, stderr } = await lock();
    expect(exitCode, stderr).to.equal(0);
    const [one, two, agent, ...rest] = lines;
    expect([one, two]).to.deep.equal(['new one 6.1.0-one', 'new two 6.12.0-two']);
    expect(agent).to.match(/^new mine sha256:[0-9a-f]{12}$/);
    expect(rest).to.deep.equal(['matrix.lock.yaml: 2 kernels, 1 agent']);
    expect(await lock('--check')).to.deep.include({
      exitCode: 0,
      lines: ['matrix.lock.yaml: 2 kernels, 1 agent, nothing has changed'],
    });
    const text = await lockText();
    expect((await lock()).lines[0]).to.equal('same one 6.1.0-one');
    expect(await lockText()).to.equal(text);
  });

  it('says which kernel is another one, and renews only what is named', async () => {
    await lock();
    await write('one', '6.1.1-one');
    await write('two', '6.12.1-two');
    const check = await lock('--check');
    expect(check.exitCode, check.stderr).to.equal(1);
    expect(check.lines).to.deep.equal([
      'changed one release: 6.1.0-one → 6.1.1-one',
      'changed two release: 6.12.0-two → 6.12.1-two',
      'matrix.lock.yaml: 2 kernels, 1 agent, 2 changes',
    ]);
    const update = await lock('--update', 'one');
    expect(update.exitCode, update.stderr).to.equal(0);
    expect(update.lines[0]).to.equal('changed one 6.1.0-one → 6.1.1-one');
    expect(await lockText())
      .to.include('6.1.1-one')
      .and.to.include('6.12.0-two');
    expect((await lock('--check')).lines[0]).to.equal(
      'changed two release: 6.12.0-two → 6.12.1-two',
    );
  });

  it('knows the same bytes under another date, and refuses names that are not in the matrix', async () => {
    await lock();
    await write('one', '6.1.0-one');
    expect((await lock('--check')).exitCode).to.equal(0);
    const text = await lockText();
    const { exitCode, stderr } = await lock('--update', 'on');
    expect(exitCode).to.equal(2);
    expect(stderr).to.include('there is no kernel or agent on in the matrix');
    expect(await lockText()).to.equal(text);
  });

  it('notices that the tag of an image leads elsewhere, and that the image itself is gone', async () => {
    const layout = join(folder, 'layout');
    const writeImage = async (release: string): Promise<string> => {
      const layer = await buildTar([{ path: 'boot/vmlinuz', content: buildBzImage(release) }]);
      const blobs = buildImage([layer]);
      const manifest = blobs.at(-1) ?? expect.fail();
      await rm(layout, { recursive: true, force: true });
      await writeLayout(layout, blobs, { one: manifest });
      return manifest.digest;
    };
    await writeFile(
      join(folder, 'matrix.yaml'),
      MATRIX.replace('path: { image: two }', 'oci: { layout: layout }'),
    );
    const before = await writeImage('6.12.0-two');
    expect((await lock()).exitCode).to.equal(0);
    expect((await lock('--check')).exitCode).to.equal(0);
    const after = await writeImage('6.12.1-two');
    const { exitCode, lines } = await lock('--check');
    expect(exitCode).to.equal(1);
    const [was, is] = [before, after].map((digest) => digest.slice(0, 'sha256:'.length + 12));
    expect(lines[0]).to.equal(`outdated two ${was} → ${is}`);
    const day = new Date().toISOString().slice(0, 10);
    const gone = `${layout}@${was}: missed since ${day}; this cache has it`;
    expect(lines[1]).to.equal(`gone two ${gone}`);
  });

  it('checks what a profile needs, if one is named', async () => {
    const profiles = 'profiles: { night: { select: [{ kernel: one }] } }\n';
    await writeFile(join(folder, 'matrix.yaml'), `${MATRIX}${profiles}`);
    expect((await lock('--profile', 'night')).exitCode).to.equal(0);
    const all = await lock('--check');
    expect([all.exitCode, all.lines[0]]).to.deep.equal([1, 'not locked two the matrix has it']);
    expect((await lock('--check', '--profile', 'night')).exitCode).to.equal(0);
    await write('one', '6.1.1-one');
    expect((await lock('--check', '--profile', 'night')).exitCode).to.equal(1);
  });

  it('tells what the matrix has and the lock has not, and the other way round', async () => {
    await lock();
    await writeFile(join(folder, 'matrix.yaml'), MATRIX.replace('two: {', 'three: {'));
    const { exitCode, lines } = await lock('--check');
    expect(exitCode).to.equal(1);
    expect(lines.slice(0, 2)).to.deep.equal([
      'not locked three the matrix has it',
      'not in matrix two only the lock has it',
    ]);
  });
});
