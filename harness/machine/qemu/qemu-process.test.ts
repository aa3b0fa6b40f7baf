import { expect } from 'chai';
import { InfraError } from '../../errors.ts';
import { startProcess } from './qemu-process.ts';

describe('a process', () => {
  it('reports its exit code and what it wrote to stderr', async () => {
    await using child = await startProcess(['sh', '-c', 'echo oh >&2; exit 3']);
    expect(await child.ended).to.deep.equal({
      code: 3,
      signal: null,
      isKilled: false,
      stderr: 'oh',
    });
  });

  it('keeps only the end of a long stderr', async () => {
    const script = 'i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done >&2';
    await using child = await startProcess(['sh', '-c', script]);
    const { stderr } = await child.ended;
    expect(stderr.length).to.be.within(8000, 8192);
    expect(stderr.endsWith('line 2999')).to.equal(true);
  });

  it('tells our own kill from somebody else’s', async () => {
    await using ours = await startProcess(['sleep', '100']);
    await Promise.all([ours.kill(), ours.kill()]);
    expect(await ours.ended).to.include({ signal: 'SIGKILL', code: null, isKilled: true });

    await using theirs = await startProcess(['sleep', '100']);
    process.kill(theirs.pid, 'SIGKILL');
    const end = await theirs.ended;
    await theirs.kill();
    expect(end).to.include({ signal: 'SIGKILL', code: null, isKilled: false });
  });

  it('has a process group of its own, which ends as a whole', async () => {
    const child = await startProcess(['sh', '-c', 'sleep 100 & wait']);
    expect(process.kill(-child.pid, 0)).to.equal(true);
    await child[Symbol.asyncDispose]();
    // Resolves only when the last program of the group has closed stderr.
    expect(await child.ended).to.include({ signal: 'SIGKILL' });
  });

  it('fails with an InfraError if its program does not exist', async () => {
    const error = await startProcess(['/nowhere/qemu']).catch((fault: unknown) => fault);
    expect(error).to.be.instanceOf(InfraError);
    expect((error as InfraError).output).to.contain('ENOENT');
  });
});
