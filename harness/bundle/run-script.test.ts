import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { execa } from 'execa';
import { cpioEntries } from '../kernels/archive/cpio-entries.ts';
import type { BundleDescription } from './bundle-format.ts';
import { formatRunScript } from './run-script.ts';
import { SAMPLE_DESCRIPTION, SAMPLE_MEMBERS } from './testing/sample-bundle.ts';

/** Prints its arguments, one a line, and keeps the initramfs. */
const QEMU = `#!/bin/sh
if [ "$1" = --version ]; then echo "QEMU emulator version \${VERSION:-9.2.0}"; exit; fi
for word; do
  echo "$word"
  if [ "$previous" = -initrd ]; then cp "$word" "$(dirname "$0")/booted"; fi
  previous=$word
done
`;

describe("a bundle's run.sh", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "kmx run's-"));
    for (const { path, content } of SAMPLE_MEMBERS) {
      const file = join(folder, path);
      await mkdir(join(file, '..'), { recursive: true });
      await writeFile(file, content);
    }
    await writeFile(join(folder, 'qemu'), QEMU);
    await chmod(join(folder, 'qemu'), 0o755);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const run = async (
    change: Partial<BundleDescription>,
    words: readonly string[] = [],
    env: Record<string, string> = {},
  ) => {
    const script = join(folder, 'run.sh');
    await writeFile(script, formatRunScript({ ...SAMPLE_DESCRIPTION, ...change }));
    return await execa('sh', [script, ...words], {
      env: { QEMU: join(folder, 'qemu'), ...env },
      cwd: tmpdir(),
      reject: false,
    });
  };
  const { guest, agent } = SAMPLE_DESCRIPTION;

  it('boots the kernel with all archives, on the processors and with the parameters of a test', async () => {
    const replay = 'initramfs/1-init.cpio';
    const bootParameters = ['loglevel=7', "dyndbg='file a.c +p'"];
    const { stdout } = await run({ guest: { ...guest, bootParameters, replay } });
    const words = stdout.split('\n');
    const wordAfter = (word: string) => words[words.indexOf(word) + 1];
    expect(wordAfter('-kernel')).to.equal('kernel/image');
    expect(wordAfter('-smp')).to.equal('1');
    expect(wordAfter('-m')).to.equal('256M');
    expect(wordAfter('-cpu')).to.equal('qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt,+rdrand');
    expect(wordAfter('-append')).to.equal(
      "console=ttyS0 panic=-1 loglevel=7 dyndbg='file a.c +p' -- --standalone /kmx/standalone.json",
    );
    const parts = ['initramfs/1-init.cpio', 'initramfs/3-agent.cpio', replay];
    const contents = await Promise.all(parts.map((part) => readFile(join(folder, part))));
    expect(await readFile(join(folder, 'booted'))).to.deep.equal(Buffer.concat(contents));
  });

  it('leaves out what an old QEMU computes wrongly', async () => {
    const { stdout } = await run({}, [], { VERSION: '7.2.22 (Debian 1:7.2)' });
    expect(stdout).to.contain('+rdrand,-cx16');
  });

  it('puts another agent into the initramfs, of any size', async () => {
    for (const size of [0, 1, 2, 3, 4, 4097]) {
      const file = join(folder, 'my agent');
      const content = Buffer.alloc(size, 'a');
      await writeFile(file, content);
      await run({}, ['--agent', file]);
      const initramfs = await readFile(join(folder, 'booted'));
      const added = initramfs.subarray(512 + 1300);
      const found: [string, string][] = [];
      for await (const entry of cpioEntries(Readable.from([added]))) {
        const pieces = entry.kind === 'file' ? await Array.fromAsync(entry.content) : [];
        found.push([`${entry.kind} ${entry.path}`, Buffer.concat(pieces).toString()]);
      }
      expect(found).to.deep.equal([
        ['folder kmx', ''],
        ['folder kmx/agent', ''],
        ['file kmx/agent/agent', content.toString()],
      ]);
    }
  });

  it('of a bundle without an agent asks for one', async () => {
    const { archive: _, ...digestOnly } = agent;
    const change = { agent: digestOnly, guest: { ...guest, initramfs: ['initramfs/1-init.cpio'] } };
    const without = await run(change);
    expect(without).to.include({ exitCode: 2, stdout: '' });
    expect(without.stderr).to.contain('./run.sh --agent FILE');
    const { exitCode } = await run(change, ['--agent', join(folder, 'qemu')]);
    expect(exitCode).to.equal(0);
  });

  it('says what is missing, and how it is called', async () => {
    const without = await run({}, [], { QEMU: 'no-such-qemu' });
    expect(without.exitCode).to.equal(69);
    expect(without.stderr).to.contain('no-such-qemu is not installed: apt-get install');
    expect((await run({}, ['--help'])).exitCode).to.equal(2);
    expect((await run({}, ['--agent'])).stderr).to.contain('usage: ./run.sh');
  });

  it('has no line of a title as a command', async () => {
    const title = 'a\nrm -rf nothing\r\u2028';
    const { stdout, exitCode } = await run({ test: { file: 'a.spec.ts', title } });
    expect(exitCode).to.equal(0);
    expect(stdout).to.contain('-kernel');
    const text = await readFile(join(folder, 'run.sh'), 'utf8');
    expect(text).to.match(/^#.*a rm -rf nothing/m);
  });
});
