import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';

const MODULE = join(import.meta.dirname, 'interrupts.ts');

/** Works until it is interrupted, then cleans up. */
const PROGRAM = `
  import { interruptibly } from '${MODULE}';
  await interruptibly(async (signal) => {
    const working = setInterval(() => {}, 1000);
    const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve));
    console.log('working');
    await aborted;
    clearInterval(working);
    console.log('cleaned up');
    throw signal.reason;
  });
`;

describe('work that may be interrupted', function () {
  // A process is started, on hosts that may be busy.
  this.timeout(60_000);

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`cleans up on ${signal}, and ends kmx with the exit code of interruptions`, async () => {
      const program = execa(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', PROGRAM],
        { reject: false },
      );
      await once(program.stdout, 'data');
      program.kill(signal);
      const { exitCode, stdout, stderr } = await program;
      expect({ exitCode, stdout }).to.deep.equal({ exitCode: 130, stdout: 'working\ncleaned up' });
      expect(stderr.trim()).to.equal('kmx: stopped');
    });
  }
});
