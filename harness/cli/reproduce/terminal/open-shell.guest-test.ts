/** A shell in a real guest, at a real pseudo-terminal. Fetches busybox from Debian if it is not cached. */
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';
import { type PtySession, startInPty } from '../../testing/pty-session.ts';

const SESSION = fileURLToPath(new URL('../../testing/shell-session.ts', import.meta.url));
const COMMAND = `'${process.execPath}' --disable-warning=ExperimentalWarning '${SESSION}'`;
/** Nothing that is typed contains what it prints: the terminal shows both. */
const PROMPT = /kmx:[^\n]*# (\P{L}\[6n)?$/u;
/** It says so once keys go to it: until then, the shell itself is still reading. */
const SLEEP = 'sh -c \'echo "run""ning"; exec sleep 1000\'';
const SLEEPING = /^running\r\n/m;
/** The settings of the terminal that raw mode changes, as stty names them. */
const SETTINGS =
  "stty -a | tr ' ;' '\\n' | grep -xE -- '-?(icanon|echo|isig|opost|icrnl)' | sort | tr '\\n' ' '";
const AS_USUAL = 'echo icanon icrnl isig opost';

describe('a shell in a guest', function () {
  this.timeout(600_000);
  let session: PtySession;
  let greeting: string;
  before(async () => {
    session = startInPty(`${COMMAND}; code=$?; ${SETTINGS}; exit $code`, process.env);
    greeting = await session.until(PROMPT);
  });
  after(() => session.pty.kill('SIGKILL'));

  /** What a command printed. */
  async function run(command: string): Promise<string> {
    session.type(`${command}; echo "en""d"\r`);
    const shown = await session.until(/^end\r\n/m);
    await session.until(PROMPT);
    return shown
      .replace(/^.*?\r\n/s, '')
      .replace(/end\r\n$/, '')
      .replaceAll('\r\n', '\n');
  }

  it('greets with what is where, and the shell has it in variables', async () => {
    expect(greeting).to.match(/A shell in the guest, Linux 6\.12\./);
    const [, pid] = /agent {4}process (\d+) \(\$KMX_AGENT_PID\)/.exec(greeting) ?? [];
    expect(await run('cat /proc/$KMX_AGENT_PID/comm; echo $KMX_AGENT_PID')).to.equal(
      `agent\n${pid}\n`,
    );
    expect(await run('test -S $KMX_AGENT_SOCKET && ls $KMX_CGROUP_ROOT')).to.include(
      'cgroup.controllers',
    );
  });

  it('has the programs of busybox, and a terminal', async () => {
    expect(await run('which ps vi')).to.equal('/run/kmx/tools/bin/ps\n/run/kmx/tools/bin/vi\n');
    expect(await run('tty')).to.match(/^\/dev\/pts\/\d+\n$/);
    expect(await run('stty size')).to.equal('25 90\n');
  });

  it('follows when the window changes its size', async () => {
    session.pty.resize(71, 33);
    session.type('while [ "$(stty size)" != "33 71" ]; do sleep 0.1; done; echo "chan""ged"\r');
    await session.until(/^changed\r\n/m);
    await session.until(PROMPT);
  });

  it('has Ctrl-C interrupt what runs in the guest, and nothing else', async () => {
    session.type(`${SLEEP}\r`);
    await session.until(SLEEPING);
    session.type('\x03');
    await session.until(/\^C/);
    await session.until(PROMPT);
    expect(await run('echo alive')).to.equal('alive\n');
  });

  it('stops and continues jobs', async () => {
    session.type(`${SLEEP}\r`);
    await session.until(SLEEPING);
    session.type('\x1a');
    await session.until(/Stopped/);
    await session.until(PROMPT);
    expect(await run('jobs')).to.match(/^\[1\].*Stopped.*sleep 1000/);
    session.type('fg\r');
    await session.until(/^sh -c .*\r\n/m);
    session.type('\x03');
    await session.until(PROMPT);
    expect(await run('jobs')).to.equal('');
  });

  it('ends with its exit code, and gives the terminal back as it was', async () => {
    session.type('exit 7\r');
    const last = await session.until(/the shell has ended/);
    expect(last).to.include('\x1b[?25h');
    await session.until(new RegExp(AS_USUAL));
    expect(await session.exitCode).to.equal(7);
  });

  it('is left by Ctrl-] whatever the guest does, and the terminal is as before', async () => {
    const other = startInPty(`${COMMAND}; code=$?; ${SETTINGS}; exit $code`, process.env);
    await other.until(PROMPT);
    other.type("trap '' INT HUP TERM; cat /dev/zero >/dev/null\r");
    await other.until(/\/dev\/null\r\n/);
    other.type('\x1d');
    await other.until(/left the shell/);
    await other.until(new RegExp(AS_USUAL));
    expect(await other.exitCode).to.equal(1);
  });

  it('gives the terminal back if kmx is terminated', async () => {
    const echoPid = `sh -c 'echo "pid=$$"; exec ${COMMAND.replaceAll("'", '"')}'`;
    const other = startInPty(`${echoPid}; ${SETTINGS}`, process.env);
    const shown = await other.until(PROMPT);
    process.kill(Number(/pid=(\d+)/.exec(shown)?.[1]), 'SIGTERM');
    await other.until(new RegExp(AS_USUAL));
  });

  it('is refused with a clear error where there is no terminal', async () => {
    const { exitCode, stderr } = await execa(process.execPath, [SESSION], {
      reject: false,
      stdin: 'ignore',
    });
    expect(exitCode).to.equal(2);
    expect(stderr).to.include('--shell: expected a terminal, but standard input is none');
  });
});
