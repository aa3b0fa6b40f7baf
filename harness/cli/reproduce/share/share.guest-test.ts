/** `kmx reproduce --shell --share` at a terminal. Fetches busybox and a kernel with 9p from Debian if they are not cached. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';
import { type PtySession, startInPty } from '../../testing/pty-session.ts';

const KMX = fileURLToPath(new URL('../../../../scripts/kmx', import.meta.url));
const PROMPT = /kmx:[^\n]*# (\P{L}\[6n)?$/u;
/** Debian's cloud kernels have no 9p; the others have it as modules. */
const MATRIX = `
kernels:
  full: { debian: { suite: [bookworm, bookworm-security], series: "6.12", flavour: full } }
configs: { default: {} }
cgroups: [v1]
agents: { unguarded: { reference: { guard: off } } }
machines: { qemu: { qemu: {} } }
profiles: { quick: { description: all of it, select: [{ kernel: full }] } }
`;
const EXPECTATIONS = `
expectations:
  - name: panic-of-full
    where: { kernel: ">=6.12" }
    tests: "cpu/quota.spec.ts: *"
    outcome: agent-panic
    signature: s2-a93cd73b0867
    reason: no cpuset
    expires: 2099-12-31
`;

describe('a folder that is shared with a guest', function () {
  this.timeout(900_000);
  let folder: string;
  let shared: string;
  let session: PtySession | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-share-'));
    shared = join(folder, 'a, b');
    await mkdir(join(shared, 'sub'), { recursive: true });
    await writeFile(join(folder, 'secret'), 'not shared');
    await writeFile(join(shared, 'sub', 'words'), 'from the host\n');
    await writeFile(join(shared, 'tool'), '#!/bin/sh\necho "runs in $(uname -s)"\n', {
      mode: 0o755,
    });
    await symlink('sub/words', join(shared, 'inside'));
    await symlink('../secret', join(shared, 'outside'));
  });
  afterEach(async () => {
    session?.pty.kill();
    await session?.exitCode;
    await rm(folder, { recursive: true, force: true });
  });

  function start(...words: readonly string[]): PtySession {
    const { CI: _, ...environment } = process.env;
    const all = ['reproduce', ...words, '--share', shared, '--out', join(folder, 'reports')];
    const command = [KMX, ...all].map((word) => `'${word}'`).join(' ');
    session = startInPty(`exec ${command}`, environment);
    return session;
  }

  /** What a command printed. */
  async function run({ type, until }: PtySession, command: string): Promise<string> {
    type(`${command}; echo "en""d"\r`);
    const shown = await until(/^end\r\n/m);
    await until(PROMPT);
    return shown.replaceAll('\r\n', '\n');
  }

  /** In both ways: files, links and rights as on the host, and nothing else. */
  async function expectShared(guest: PtySession): Promise<void> {
    expect(await run(guest, 'cat /mnt/share/inside')).to.include('\nfrom the host\n');
    expect(await run(guest, 'sh /mnt/share/tool; test -x /mnt/share/tool && echo "execut""able"'))
      .to.include('\nruns in Linux\n')
      .and.to.include('\nexecutable\n');
    expect(await run(guest, 'cat /mnt/share/outside')).to.match(/outside.*No such file/);
    expect(await run(guest, 'touch /mnt/share/new')).to.include('Read-only file system');
  }

  it('is copied where the kernel has no 9p, at the failure', async () => {
    const guest = start('panic-6.12', '--shell=on-failure');
    const greeting = await guest.until(PROMPT);
    expect(greeting).to.include('/mnt/share, read-only: copied from');
    expect(greeting).to.include('later changes there are not seen here');
    expect(greeting).to.include('without 1 link out of it or other special file: outside');
    await expectShared(guest);
    await writeFile(join(shared, 'later'), 'later');
    expect(await run(guest, 'cat /mnt/share/later')).to.include('No such file');
    guest.type('exit\r');
    await guest.until(/reproduced: same signature/);
    expect(await guest.exitCode).to.equal(0);
  });

  it('is mounted where the kernel has 9p, in a guest that boots for it', async () => {
    const matrix = join(folder, 'matrix.yaml');
    await writeFile(matrix, MATRIX);
    await writeFile(join(folder, 'expectations.yaml'), EXPECTATIONS);
    const guest = start('panic-of-full', '--shell=before', '--matrix', matrix);
    const before = await guest.until(/A shell in the guest/);
    expect(before)
      .to.include('booted in')
      .and.to.match(/the first of the matrix with a\s+kernel >=6\.12/);
    expect(await guest.until(PROMPT)).to.match(/\/mnt\/share, read-only: .* of this host/);
    await expectShared(guest);
    await writeFile(join(shared, 'later'), 'seen later\n');
    expect(await run(guest, 'cat /mnt/share/later')).to.include('\nseen later\n');
    guest.type('exit\r');
    await guest.until(/reproduced: same signature/);
    expect(await guest.exitCode).to.equal(0);
  });

  it('is refused before anything boots if it cannot be shared', async () => {
    const refused = async (...words: readonly string[]): Promise<string> => {
      const { exitCode, stderr } = await execa(KMX, ['reproduce', 'panic-6.12', ...words], {
        reject: false,
      });
      expect(exitCode, stderr).to.equal(2);
      return stderr;
    };
    expect(await refused('--share', shared)).to.include('--share: expected --shell');
  });
});
