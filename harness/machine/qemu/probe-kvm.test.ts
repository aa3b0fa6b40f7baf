import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { InfraError } from '../../errors.ts';
import { makePrivateDirectory, type PrivateDirectory } from '../private-directory.ts';
import { writeProgram } from '../testing/write-program.ts';
import { probeKvm } from './probe-kvm.ts';

describe('the probe of KVM', () => {
  let folder: PrivateDirectory;
  beforeEach(async () => {
    folder = await makePrivateDirectory();
  });
  afterEach(() => folder[Symbol.asyncDispose]());

  /** A QEMU that aborts, as on a host that refuses a register, and counts how often it runs. */
  async function brokenQemu(version: string) {
    const runs = join(folder.path, 'runs');
    writeFileSync(runs, '');
    const binary = await writeProgram(
      folder.path,
      'qemu',
      `case "$*" in *-version) echo "QEMU emulator version ${version}"; exit ;; esac
      echo run >> ${runs}
      echo "error: failed to set MSR 0x10a" >&2
      kill -ABRT $$`,
    );
    // Any device node that can be opened: this QEMU never uses it.
    const options = { cacheRoot: join(folder.path, 'cache'), device: '/dev/null', binary };
    return { options, countRuns: () => readFileSync(runs, 'utf8').split('\n').length - 1 };
  }

  it('starts nothing where there is no device', async () => {
    const { options, countRuns } = await brokenQemu('9.0.0');
    const probe = await probeKvm({ ...options, device: '/nowhere/kvm' });
    expect(probe).to.include({ outcome: 'absent', reason: 'there is no /nowhere/kvm' });
    expect(countRuns()).to.equal(0);
  });

  it('says what QEMU said when it could not start a guest', async () => {
    const { options } = await brokenQemu('9.0.0');
    const probe = await probeKvm(options);
    expect(probe.outcome).to.equal('broken');
    expect(probe.reason).to.contain('SIGABRT').and.to.contain('failed to set MSR 0x10a');
  });

  it('asks once and remembers, until it is told to ask again', async () => {
    const { options, countRuns } = await brokenQemu('9.0.0');
    const first = await probeKvm(options);
    expect(await probeKvm(options)).to.deep.equal(first);
    expect(countRuns()).to.equal(1);
    await probeKvm({ ...options, isFresh: true });
    expect(countRuns()).to.equal(2);
  });

  it('asks again for another QEMU or another kernel', async () => {
    const older = await brokenQemu('9.0.0');
    await probeKvm(older.options);
    const newer = await brokenQemu('9.1.0');
    await probeKvm(newer.options);
    expect(newer.countRuns()).to.equal(1);
    const kernel = join(folder.path, 'vmlinuz');
    writeFileSync(kernel, 'a kernel');
    await probeKvm({ ...newer.options, kernel });
    expect(newer.countRuns()).to.equal(2);
  });

  it('fails without QEMU', async () => {
    const { options } = await brokenQemu('9.0.0');
    const asked = probeKvm({ ...options, binary: '/nowhere/qemu' });
    const error = await asked.catch((fault: unknown) => fault);
    expect(error).to.be.instanceOf(InfraError).with.property('code', 'NO_QEMU');
  });
});
