/**
 * A real gdb at a real guest, both in pseudo-terminals, as a developer uses them; and strace. Fetches
 * gdbserver, strace and busybox from Debian if they are not cached.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { quoteWord } from '../../shell-command.ts';
import { type PtySession, startInPty } from '../testing/pty-session.ts';

const KMX = fileURLToPath(new URL('../../../scripts/kmx', import.meta.url));
const PROMPT = /\(gdb\) $/;

describe('kmx reproduce with a debugger', function () {
  this.timeout(900_000);
  let folder: string;
  let sessions: PtySession[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-debug-'));
    sessions = [];
  });
  afterEach(async () => {
    for (const { pty } of sessions) pty.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  function start(script: string): PtySession {
    // Without colours, and without what a line editor draws around its prompt.
    const session = startInPty(`TERM=dumb; ${script}`, { ...process.env, NO_COLOR: '1' });
    sessions.push(session);
    return session;
  }

  const reproduce = (...words: readonly string[]): PtySession =>
    start(
      `exec ${[KMX, 'reproduce', 'panic-6.12', '--out', folder, ...words].map(quoteWord).join(' ')}`,
    );

  /** In another terminal, with the command that kmx has shown. */
  async function startGdb(kmx: PtySession): Promise<PtySession> {
    await kmx.until(/the test waits for gdb; in another terminal:\r\n/);
    const [, command = ''] = /^ +(gdb -x .*?)\r\n/.exec(await kmx.until(/\r\n/)) ?? [];
    const gdb = start(`exec ${command.replace('gdb ', 'gdb -nx -q -iex "set confirm off" ')}`);
    await gdb.until(PROMPT);
    return gdb;
  }

  async function ask(gdb: PtySession, command: string): Promise<string> {
    gdb.type(`${command}\r`);
    return await gdb.until(PROMPT);
  }

  it('stops in the frame of the agent that panicked, and the result is the same', async () => {
    const kmx = reproduce('--gdb', 'agent');
    const gdb = await startGdb(kmx);
    await kmx.until(/gdb is connected, and the agent is stopped/);
    expect(await ask(gdb, 'info threads')).to.match(/Thread \d+\.\d+ "agent"/);
    const stop = await ask(gdb, 'continue');
    expect(stop).to.match(/hit Breakpoint 1, .*rust_panic/);
    expect(stop).to.match(/^#\d+ .*set_cpu_resources.* at agent\/src\/cgroups\/unguarded\.rs:73/m);
    expect(stop).to.match(/^73\t.*cgroup\.controller_of\(\)\.unwrap\(\)/m);
    await kmx.until(/the test has failed; its guest is kept until gdb leaves/);
    await ask(gdb, 'detach');
    gdb.type('quit\r');
    expect(await gdb.exitCode).to.equal(0);
    await kmx.until(/gdb has left, and the agent goes on/);
    await kmx.until(/reproduced: same signature/);
    expect(await kmx.exitCode).to.equal(0);
  });

  it("stops the guest's kernel where the developer wants, and the result is the same", async () => {
    const kmx = reproduce('--gdb', 'kernel');
    const gdb = await startGdb(kmx);
    // The second of each is what a host with the debugging package of this kernel says.
    expect(await ask(gdb, 'info breakpoints')).to.match(/<panic(\+\d+)?>|in panic at /);
    await ask(gdb, 'break cgroup_mkdir');
    expect(await ask(gdb, 'continue')).to.match(/Breakpoint 2, (0x[0-9a-f]+ in )?cgroup_mkdir/);
    await ask(gdb, 'delete');
    await ask(gdb, 'detach');
    gdb.type('quit\r');
    await kmx.until(/gdb has left, and the kernel goes on/);
    await kmx.until(/reproduced: same signature/);
    expect(await kmx.exitCode).to.equal(0);
  });

  it('goes on if the debugger is killed', async () => {
    const kmx = reproduce('--gdb', 'kernel');
    const gdb = await startGdb(kmx);
    gdb.pty.kill('SIGKILL');
    await kmx.until(/gdb has left, and the kernel goes on/);
    await kmx.until(/reproduced: same signature/);
    expect(await kmx.exitCode).to.equal(0);
  });

  it("shows the agent's system calls, and keeps them", async () => {
    const kmx = reproduce('--strace', 'agent');
    const text = await kmx.until(/reproduced: same signature/);
    expect(text).to.match(/strace +.*mkdir\("\/sys\/fs\/cgroup\/cpu/);
    expect(await kmx.exitCode).to.equal(0);
    const [name = ''] = await readdir(folder);
    const logs = join(folder, name, '1');
    const [file = ''] = (await readdir(logs)).filter((entry) => entry.startsWith('strace-'));
    expect(await readFile(join(logs, file), 'utf8')).to.include('panicked at');
  });
});
