/** `kmx reproduce --rewind` at a terminal: real guests, saved before each call. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { cacheRoot } from '../../cache/cache-root.ts';
import { type PtySession, startInPty } from '../testing/pty-session.ts';

const KMX = fileURLToPath(new URL('../../../scripts/kmx', import.meta.url));
const PROMPT = /rewind> /;
const STATES = join(cacheRoot(process.env), 'rewind');

describe('going back to the state before a call', function () {
  this.timeout(900_000);
  let folder: string;
  let session: PtySession | undefined;
  let statesBefore: readonly string[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-rewind-'));
    statesBefore = await states();
  });
  afterEach(async () => {
    session?.pty.kill();
    await session?.exitCode;
    await rm(folder, { recursive: true, force: true });
  });

  const states = async () =>
    (await readdir(STATES).catch(() => [])).map((one) => join(STATES, one));

  /** Folders with what this session has saved. */
  async function ownStates(): Promise<readonly string[]> {
    const own = (await states()).filter((one) => !statesBefore.includes(one));
    expect(own).to.have.length(1);
    return own;
  }

  function start(...words: readonly string[]): PtySession {
    const { CI: _, ...environment } = process.env;
    const command = `exec '${KMX}' reproduce ${words.join(' ')} --rewind --out '${folder}'`;
    session = startInPty(command, { ...environment, NO_COLOR: '1' });
    return session;
  }

  it('sends the request again, or another one, as often as wanted', async () => {
    const { until, type, exitCode } = start('panic-6.12');
    expect(
      await until(/each try begins in the state before call 1 CreateContainer, saved in \d+ ms/),
    )
      .to.match(/call +1 CreateContainer got no answer/)
      .and.to.include('found    agent-panic');
    await until(PROMPT);
    type('again\r');
    expect(await until(/same signature/)).to.match(/agent +thread '.*' \(\d+\) panicked at/);
    await until(PROMPT);
    type('set linux.resources.cpu=null\r');
    expect(await until(/did not happen: call 1 CreateContainer was answered/)).to.match(
      /call +1 CreateContainer answered after \d+ ms/,
    );
    await until(PROMPT);
    type('agent guarded\r');
    await until(PROMPT);
    type('again\r');
    expect(await until(/did not happen/)).to.include('a guest is started from init on');
    await until(PROMPT);
    const own = await ownStates();
    type('\u0004');
    expect(await until(/reproduced: same signature/)).to.include('logs of what was tried: ');
    expect(await exitCode).to.equal(0);
    expect(own.filter((one) => existsSync(one))).to.deep.equal([]);
  });

  it('keeps a process of the test running in the state before a later call', async () => {
    const test = "'debian-6.12+default+v1+unguarded::signals SIGKILL for the container'";
    const { until, type, exitCode } = start(test, '--set signal=15');
    await until(/each try begins in the state before call 5 SignalProcess, saved/);
    await until(/did not happen: call 5 SignalProcess was answered/);
    await until(PROMPT);
    type('again\r');
    await until(/same signature/);
    await until(PROMPT);
    type('quit\r');
    expect(await exitCode).to.equal(0);
  });

  it('leaves nothing behind at Ctrl-C, at the prompt and during a try', async () => {
    for (const isTrying of [false, true]) {
      statesBefore = await states();
      const { until, type, exitCode } = start('panic-6.12');
      await until(PROMPT);
      const own = await ownStates();
      if (isTrying) {
        type('again\r');
        await until(/back to the state before call 1/);
      }
      type('\u0003');
      expect(await exitCode).to.equal(130);
      expect(own.filter((one) => existsSync(one))).to.deep.equal([]);
    }
  });
});
