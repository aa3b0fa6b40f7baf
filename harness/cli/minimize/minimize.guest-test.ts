/** `kmx minimize` as a user meets it, with the panic on 6.12: real kernel, real QEMU, real agent. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';
import { cacheRoot } from '../../cache/cache-root.ts';
import { countParts } from '../../minimize/json-tree.ts';
import { quoteWord } from '../../shell-command.ts';
import { lookForQemu } from '../look-for-qemu.ts';
import { projectRoot } from '../project.ts';
import { findOriginal } from '../reproduce/find-original.ts';
import { startInPty } from '../testing/pty-session.ts';
import { Bench } from './bench.ts';
import type { Minimized } from './minimized.ts';

const KMX = fileURLToPath(new URL('../../../scripts/kmx', import.meta.url));
const SIGNATURE = 's2-a93cd73b0867';
/** What the test sends has so many keys and items. */
const FIELDS_BEFORE = 55;

const EXPECTATIONS = `expectations:
  - name: does-not-happen
    where: { kernel: debian-6.12, config: default, cgroup: v2, agent: guarded }
    tests: "cpu/quota.spec.ts: CPU quota: reaches*"
    outcome: agent-panic
    signature: ${SIGNATURE}
    reason: it passes on v2
    expires: 2099-12-31
`;

describe('kmx minimize', function () {
  // Dozens of guests, one after the other, on hosts that may be busy.
  this.timeout(1_200_000);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-minimize-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('finds a request that is smaller and shows the same signature when it is sent again', async () => {
    const file = join(folder, 'issue.md');
    const words = ['panic-6.12', '--no-guest', '--json', '--out', folder, '-o', file];
    const { exitCode, stdout, stderr } = await execa(KMX, ['minimize', ...words], {
      reject: false,
    });
    expect(exitCode, stderr).to.equal(0);
    expect(stderr)
      .to.include('reproduced: same signature')
      .and.to.match(/1 call, \d+ fields left/);
    const { calls = [], signatures, isComplete } = JSON.parse(stdout) as Minimized;
    expect({ signatures, isComplete }).to.deep.equal({ signatures: [SIGNATURE], isComplete: true });
    expect(calls.map(({ call }) => call)).to.deep.equal(['CreateContainer']);
    const { request = {} } = calls[0] ?? {};
    expect(countParts(request)).to.be.below(FIELDS_BEFORE / 2);
    // The agent panics when it looks for the controller, whatever is to be set.
    expect(request).to.have.nested.property('OCI.Linux.Resources.CPU').that.is.empty;
    const issue = await readFile(file, 'utf8');
    expect(issue).to.include(JSON.stringify(request, null, 2));
    expect(issue).to.include(SIGNATURE).and.to.include('unguarded.rs:73');
    expect(issue).not.to.include(tmpdir());

    const again = await sendAgain(request);
    expect(again).to.include({ verdict: 'agent-panic', signature: SIGNATURE });
  });

  /** In a guest that boots with less. */
  async function sendAgain(request: NonNullable<Minimized['calls']>[number]['request']) {
    const matrix = join(projectRoot, 'matrix.yaml');
    const named = { kind: 'name', name: 'panic-6.12' } as const;
    const found = await findOriginal(named, { matrix, out: folder });
    const root = cacheRoot(process.env);
    const host = {
      ...{ cacheRoot: root, findQemu: lookForQemu(process.env), jobs: 1 },
      signal: new AbortController().signal,
    };
    const { test } = found.original;
    await using bench = new Bench({ ...found, test, host, folder: join(folder, 'again') });
    const call = {
      number: 1,
      call: 'CreateContainer',
      request,
      after: [],
      recorded: 'lost',
    } as const;
    const guest = { bootParameters: [], memoryMib: 192, cpus: 1 };
    return await bench.boot(guest, { calls: [call] });
  }

  it('ends as kmx reproduce does if it does not fail', async () => {
    const expectations = join(folder, 'expectations.yaml');
    await writeFile(expectations, EXPECTATIONS);
    const words = ['does-not-happen', '--expectations', expectations, '--out', folder];
    const { exitCode, stdout, stderr } = await execa(KMX, ['minimize', ...words], {
      reject: false,
    });
    expect(exitCode, stderr).to.equal(1);
    expect(stderr).to.include('did not happen (0 of 1)');
    expect(stdout).to.equal('');
  });

  it('prints the least so far when it is interrupted', async () => {
    const command = [KMX, 'minimize', 'panic-6.12', '--out', folder].map(quoteWord).join(' ');
    const { CI: _, ...environment } = process.env;
    const session = startInPty(`exec ${command}`, environment);
    await session.until(/calls +[1-9]\d* tried, 1 call, \d+ fields left/);
    session.type('\u0003');
    const shown = await session.until(/kmx reproduce panic-6\.12/);
    expect(shown).to.include('The search was interrupted, so less may do');
    expect(shown).to.include('"containerId"');
    expect(await session.exitCode).to.equal(130);
  });
});
