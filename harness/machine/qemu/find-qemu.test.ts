import { expect } from 'chai';
import { InfraError } from '../../errors.ts';
import { makePrivateDirectory } from '../private-directory.ts';
import { writeProgram } from '../testing/write-program.ts';
import { findQemu } from './find-qemu.ts';

const VERSION = 'echo "QEMU emulator version 8.2.1 (Somebody 1:8.2)"';
const WITHOUT_SECCOMP =
  'if [ "$1" = -sandbox ]; then echo "-sandbox support is not enabled" >&2; exit 1; fi';

async function findProgram(script: string) {
  await using directory = await makePrivateDirectory();
  return await findQemu(await writeProgram(directory.path, 'qemu', script));
}

describe('finding QEMU', () => {
  it('reads its version', async () => {
    expect(await findProgram(VERSION)).to.include({ version: '8.2.1', hasSandbox: true });
  });

  it('notices that it was built without seccomp', async () => {
    const found = await findProgram(`${WITHOUT_SECCOMP}\n${VERSION}`);
    expect(found).to.include({ version: '8.2.1', hasSandbox: false });
  });

  for (const [what, find, output] of [
    ['there is none', () => findQemu('/nowhere/qemu'), /ENOENT/],
    ['it does not run', () => findProgram('echo no libpixman >&2; exit 127'), /no libpixman/],
    ['it is something else', () => findProgram('echo "GNU Emacs 28.2"'), /Emacs/],
  ] as const) {
    it(`says what to install if ${what}`, async () => {
      const error = await find().catch((fault: unknown) => fault);
      expect(error).to.be.instanceOf(InfraError).with.property('code', 'NO_QEMU');
      expect(error).to.have.property('remedy').that.contains('apt install qemu-system-x86');
      expect(error).to.have.property('output').that.matches(output);
    });
  }
});
