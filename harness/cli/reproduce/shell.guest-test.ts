/** `kmx reproduce --shell` at a terminal. Fetches busybox from Debian if it is not cached. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type PtySession, startInPty } from '../testing/pty-session.ts';

const KMX = fileURLToPath(new URL('../../../scripts/kmx', import.meta.url));
const PROMPT = /kmx:[^\n]*# (\P{L}\[6n)?$/u;

describe('a shell while a failure is reproduced', function () {
  this.timeout(600_000);
  let folder: string;
  let session: PtySession | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-shell-'));
  });
  afterEach(async () => {
    session?.pty.kill();
    await session?.exitCode;
    await rm(folder, { recursive: true, force: true });
  });

  function start(shell: string): PtySession {
    const { CI: _, ...environment } = process.env;
    const command = `exec '${KMX}' reproduce panic-6.12 ${shell} --out '${folder}'`;
    session = startInPty(command, environment);
    return session;
  }

  it('is opened at the failure, in a guest whose agent lives on, before the verdict', async () => {
    const { until, type, exitCode } = start('--shell=on-failure');
    const before = await until(/A shell in the guest/);
    expect(before).to.include('CreateContainer').and.to.include('unguarded.rs:73');
    await until(PROMPT);
    // What the agent's own unwinding removes may be gone by now.
    type('kill -0 $KMX_AGENT_PID && ls -d $KMX_CGROUP_ROOT/cpu && echo "still al""ive"\r');
    expect(await until(/still alive/)).to.match(/^\/sys\/fs\/cgroup\/cpu\r$/m);
    await until(PROMPT);
    type('exit\r');
    await until(/reproduced: same signature/);
    expect(await exitCode).to.equal(0);
  });

  it('is opened before the test, which goes on when it is left', async () => {
    const { until, type, exitCode } = start('--shell=before');
    expect(await until(/A shell in the guest/)).not.to.include('CreateContainer');
    await until(PROMPT);
    type('exit\r');
    expect(await until(/reproduced: same signature/)).to.include('CreateContainer');
    expect(await exitCode).to.equal(0);
  });

  it('takes the place of the test, and ends the guest when it is left', async () => {
    const { until, type, exitCode } = start('--shell');
    await until(PROMPT);
    type('exit\r');
    const last = await until(/the shell has ended/);
    expect(last).not.to.include('CreateContainer');
    expect(await exitCode).to.equal(0);
  });
});
