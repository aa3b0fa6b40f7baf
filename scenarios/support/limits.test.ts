import { AssertionError, expect } from 'chai';
import { GuestError } from '../../harness/channel/channel-fault.ts';
import type { CgroupMode } from '../../harness/matrix/cell.ts';
import { openCgroup } from './cgroup.ts';
import { AskedLimits } from './limits.ts';

/** The cgroup of c3 in a guest that has only these files. */
function cgroupWith(mode: CgroupMode, files: Readonly<Record<string, string>>) {
  const readFile = async (path: string): Promise<string> => {
    const text = files[path.replace(/^\/sys\/fs\/cgroup\//, '')];
    if (text === undefined) throw new GuestError('ENOENT', `${path}: ENOENT`);
    return `${text}\n`;
  };
  return openCgroup({ readFile }, mode, 'c3');
}

async function failureOf(check: Promise<void>): Promise<unknown> {
  return await check.then(
    () => 'none' as const,
    (error: unknown) => error,
  );
}

describe('limits of a container', () => {
  it('are met when every file has the value that was last asked for', async () => {
    const asked = new AskedLimits('v2');
    asked.note('CreateContainer', {
      cpu: { quotaUs: 20_000, periodUs: 100_000, cpus: '1' },
      memory: { limitBytes: 4096 },
      pids: { limit: 20 },
    });
    asked.note('UpdateContainer', { memory: { limitBytes: 8192 } });
    const files = {
      'kmx/c3/cpu.max': '20000 100000',
      'kmx/c3/cpuset.cpus': '1',
      'kmx/c3/memory.max': '8192',
      'kmx/c3/pids.max': '20',
    };
    await asked.expectIn(cgroupWith('v2', files));
  });

  it('that did not reach the kernel are reported with file, value and call', async () => {
    const asked = new AskedLimits('v2');
    asked.note('CreateContainer', { pids: { limit: 20 } });
    const failure = await failureOf(asked.expectIn(cgroupWith('v2', { 'kmx/c3/pids.max': 'max' })));
    expect(failure).to.be.instanceOf(AssertionError).and.to.include({
      message: 'pids.max of /kmx/c3 is max; CreateContainer asked for 20',
      cause: 'pids.max is not what CreateContainer asked for',
      expected: '20',
      actual: 'max',
    });
  });

  it('are blamed on the last call that asked, in the file of the guest’s cgroup mode', async () => {
    const asked = new AskedLimits('v1');
    asked.note('CreateContainer', { memory: { limitBytes: 4096 }, cpu: { shares: 256 } });
    asked.note('UpdateContainer', { memory: { limitBytes: 8192 } });
    const files = {
      'cpu/kmx/c3/cpu.shares': '256',
      'memory/kmx/c3/memory.limit_in_bytes': '4096',
    };
    expect(await failureOf(asked.expectIn(cgroupWith('v1', files))))
      .to.have.property('message')
      .that.equals('memory.limit_in_bytes of /kmx/c3 is 4096; UpdateContainer asked for 8192');
  });

  it('whose file does not exist did not reach the kernel either', async () => {
    const asked = new AskedLimits('v2');
    asked.note('CreateContainer', { pids: { limit: 20 } });
    expect(await failureOf(asked.expectIn(cgroupWith('v2', {}))))
      .to.be.instanceOf(AssertionError)
      .and.to.have.property('message')
      .that.equals('pids.max of /kmx/c3 is not there; CreateContainer asked for 20');
  });
});
