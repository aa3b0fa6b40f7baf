/** `kmx watch` as the author of an agent meets it: at a terminal, while agents are built. */
import { appendFile, mkdtemp, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { quoteWord } from '../../shell-command.ts';
import { type PtySession, startInPty } from '../testing/pty-session.ts';
import { buildAgent } from './testing/build-agent.ts';

const KMX = fileURLToPath(new URL('../../../scripts/kmx', import.meta.url));
const WAITING = /; Ctrl-C ends/;

describe('kmx watch', function () {
  // Builds kernels' guests on hosts that may be busy.
  this.timeout(900_000);
  let folder: string;
  let agent: string;
  let session: PtySession | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-watch-'));
    agent = join(folder, 'my-agent');
  });
  afterEach(async () => {
    session?.pty.kill();
    await session?.exitCode;
    await rm(folder, { recursive: true, force: true });
  });

  function start(): PtySession {
    const words = ['watch', '--agent', agent, '--out', join(folder, 'reports')];
    const only = ['--only', '6.12', 'default+v1', ':CPU quota', ':with its period'];
    const { CI: _, ...environment } = process.env;
    // A shell in between would die of Ctrl-C itself, and hide the exit code.
    const command = [KMX, ...words, ...only].map(quoteWord).join(' ');
    session = startInPty(`exec ${command}`, environment);
    return session;
  }

  it('turns from red to green when the agent is fixed, and sees what a build does on the way', async () => {
    await buildAgent(folder, 'off', agent);
    const { until, type, exitCode } = start();
    const first = await until(WAITING);
    expect(first).to.include('round 1').and.to.include('agent-panic').and.to.include('red: ');

    // Touched, and written again with the same bytes: nothing is run. What comes next is round 2.
    await utimes(agent, new Date(), new Date());
    const same = await readFile(agent);
    await rm(agent);
    await writeFile(agent, same, { mode: 0o755 });

    // Written in pieces, by a linker that has removed it first.
    const next = join(folder, 'next');
    await buildAgent(folder, 'on', next);
    const bytes = await readFile(next);
    await rm(agent);
    const half = Math.floor(bytes.length / 2);
    await writeFile(agent, bytes.subarray(0, half), { mode: 0o755 });
    await appendFile(agent, bytes.subarray(half));
    const second = await until(WAITING);
    expect(second).to.include('round 2').and.to.include('my-agent has changed');
    expect(second).to.match(/red → green: \d tests? pass(es)? now/);
    expect(second).to.match(/pass.* in \d+\.\d s/);
    expect(second).not.to.include('round 3');

    // No agent at all is said, and what was fixed stays fixed.
    await writeFile(`${agent}.new`, 'no agent\n');
    await rename(`${agent}.new`, agent);
    expect(await until(WAITING)).to.include('expected an agent, an ELF program for x86_64');

    type('\u0003');
    expect(await exitCode).to.equal(130);
  });
});
