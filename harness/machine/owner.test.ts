import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { isHidden, ownedPrefix, removeAbandoned } from './owner.ts';
import { makePrivateDirectory } from './private-directory.ts';

const OWNER = join(import.meta.dirname, 'testing', 'own-directory.ts');

describe('what a process owns in a shared folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kmx-owner-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Another process that creates a private directory and waits. */
  async function startOwner() {
    const child = execa(process.execPath, [OWNER, folder], { reject: false, buffer: false });
    const [line] = await once(child.stdout, 'data');
    const kill = async (): Promise<void> => {
      child.kill('SIGKILL');
      await child;
    };
    return { path: String(line).trim(), kill };
  }

  it('is removed by the next process after its owner was killed', async () => {
    const { path, kill } = await startOwner();
    writeFileSync(join(path, 'socket'), '');
    await kill();
    expect(existsSync(path)).to.equal(true);
    await using next = await makePrivateDirectory(folder);
    expect(existsSync(path)).to.equal(false);
    expect(existsSync(next.path)).to.equal(true);
  });

  it('stays while its owner is alive', async () => {
    const { path, kill } = await startOwner();
    await removeAbandoned(folder);
    expect(existsSync(path)).to.equal(true);
    await kill();
  });

  it('belongs to another process if the id was reused', async () => {
    const [, pid = '', start = '', space = ''] = ownedPrefix().split('-');
    const earlier = join(folder, `kmx-${pid}-${start}0-${space}-abc`);
    const own = join(folder, `${ownedPrefix()}abc`);
    for (const path of [earlier, own]) mkdirSync(path);
    await removeAbandoned(folder);
    expect([earlier, own].map(existsSync)).to.deep.equal([false, true]);
  });

  it('may be of a process that this user can see only by its refusal of signals', () => {
    const refuse = (): never => {
      throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' });
    };
    const nobody = Number(readFileSync('/proc/sys/kernel/pid_max', 'utf8')) + 1;
    expect(isHidden(nobody, refuse)).to.equal(true);
    expect(isHidden(process.pid, refuse)).to.equal(false);
    expect(isHidden(nobody)).to.equal(false);
  });

  it('stays if it is of another container, or has any other name', async () => {
    const [, , start = '', space = ''] = ownedPrefix().split('-');
    const highest = Number(readFileSync('/proc/sys/kernel/pid_max', 'utf8'));
    const names = [
      `kmx-${highest + 1}-${start}-${space}x-abc`,
      `kmx-${highest + 1}-${start}`,
      'kmx-cache-abcdef',
      `other-${highest + 1}-${start}-${space}-abc`,
    ];
    const paths = names.map((name) => join(folder, name));
    for (const path of paths) mkdirSync(path);
    await removeAbandoned(folder);
    expect(paths.filter((path) => !existsSync(path))).to.deep.equal([]);
  });
});
