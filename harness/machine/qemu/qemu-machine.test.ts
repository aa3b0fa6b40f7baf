import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { InfraError } from '../../errors.ts';
import { makePrivateDirectory } from '../private-directory.ts';
import { writeProgram } from '../testing/write-program.ts';
import { createQemuMachine } from './qemu-machine.ts';

const spec = { kind: 'vm' as const, kernel: 'vmlinuz', bootParameters: [], cpus: 1, memoryMib: 64 };

/** The error of a boot whose QEMU is this script, and what is left in its folder. */
async function bootWith(script: string, startTimeoutMs = 5000) {
  await using folder = await makePrivateDirectory();
  await using temporary = await makePrivateDirectory();
  const isAsked = 'case "$*" in *-version) echo "QEMU emulator version 9.0.0"; exit ;; esac';
  const binary = await writeProgram(folder.path, 'qemu', `${isAsked}\n${script}`);
  const temporaryDirectory = temporary.path;
  const machine = await createQemuMachine({
    ...{ accelerator: 'tcg', binary, temporaryDirectory, startTimeoutMs },
  });
  const error = await machine.boot(spec).catch((fault: unknown) => fault);
  expect(error).to.be.instanceOf(InfraError).with.property('code', 'MACHINE_NOT_STARTED');
  return { error: error as InfraError, left: readdirSync(temporaryDirectory) };
}

describe('a QEMU that cannot start a guest', () => {
  it('is an InfraError with what QEMU said and how it was run', async () => {
    const { error, left } = await bootWith('echo "cannot set up guest memory" >&2; exit 1');
    expect(error.message).to.contain('exit code 1');
    expect(error.output).to.contain('cannot set up guest memory').and.to.contain('-kernel');
    expect(left).to.deep.equal([]);
  });

  it('is reported with its signal', async () => {
    const { error } = await bootWith('kill -ABRT $$');
    expect(error.message).to.contain('SIGABRT');
  });

  it('is given up on after a timeout', async () => {
    const { error, left } = await bootWith('sleep 100', 50);
    expect(error.message).to.contain('within 50 ms');
    expect(left).to.deep.equal([]);
  });
});

describe('a QEMU machine', () => {
  it('is refused where sockets would have too long a path', async () => {
    await using folder = await makePrivateDirectory();
    const temporaryDirectory = join(folder.path, 'x'.repeat(90));
    mkdirSync(temporaryDirectory);
    const machine = await createQemuMachine({
      accelerator: 'tcg',
      binary: await writeProgram(folder.path, 'qemu', 'echo "QEMU emulator version 9.0.0"'),
      temporaryDirectory,
    });
    const error = await machine.boot(spec).catch((fault: unknown) => fault);
    expect(error).to.be.instanceOf(InfraError).with.property('code', 'SOCKET_PATH_TOO_LONG');
    expect(readdirSync(temporaryDirectory)).to.deep.equal([]);
  });
});
