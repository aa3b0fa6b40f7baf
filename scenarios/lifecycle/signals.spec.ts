import type { Container, Process } from '../support/container.ts';
import { expect } from '../support/expect.ts';
import { useGuest } from '../support/guest.ts';
import { KILLED, workload } from '../support/workload.ts';

describe('signals', () => {
  const guest = useGuest();

  it('SIGTERM reaches a program with a handler, whose own exit code arrives', async () => {
    const runs = workload('handle-signal', '--exit-code', 4);
    const container = await guest.runContainer({ runs });
    await container.output.next('started');
    await container.signal('SIGTERM');
    expect(await container.output.next('signal')).to.include({ name: 'SIGTERM' });
    expect(await container.wait()).to.equal(4);
  });

  // Such a program blocks the signal and has no handler, so that one who looks for a handler (SigCgt
  // in proc(5)'s status) takes it for one that ignores SIGTERM.
  it('SIGTERM reaches a program that waits for it by sigwait or signalfd', async () => {
    const container = await guest.runContainer({ runs: workload('wait-signal') });
    await container.output.next('started');
    await container.signal('SIGTERM');
    expect(await container.output.next('signal')).to.include({ name: 'SIGTERM' });
    expect(await container.wait()).to.equal(0);
  });

  it('any other signal reaches such a program as well', async () => {
    const container = await guest.runContainer({ runs: workload('wait-signal') });
    await container.output.next('started');
    await container.signal('SIGUSR1');
    expect(await container.output.next('signal')).to.include({ name: 'SIGUSR1' });
  });

  it('SIGKILL ends the program, and the exit code says so', async () => {
    const container = await guest.runContainer({ runs: workload('sleep') });
    await container.output.next('started');
    await container.signal('SIGKILL');
    expect(await container.wait()).to.be.oneOf(KILLED);
  });

  describe('in a container with two processes', () => {
    it('SIGTERM for one of them does not reach the other', async () => {
      const { first, second } = await runTwo();
      await second.signal('SIGTERM');
      expect(await second.output.next('signal')).to.include({ name: 'SIGTERM' });
      await expectNoSignalSoFar(first);
    });

    it('SIGTERM for the container reaches its first process alone', async () => {
      const { first, second } = await runTwo();
      await first.signalAsWhole('SIGTERM');
      expect(await first.output.next('signal')).to.include({ name: 'SIGTERM' });
      await expectNoSignalSoFar(second);
    });

    it('SIGKILL for the container ends both', async () => {
      const { first, second } = await runTwo();
      await first.signalAsWhole('SIGKILL');
      expect(await second.wait()).to.be.oneOf(KILLED);
      expect(await first.wait()).to.be.oneOf(KILLED);
    });
  });

  /** Two programs that say which signals reach them, and outlive all but SIGKILL. */
  async function runTwo(): Promise<{ first: Container; second: Process }> {
    const first = await guest.runContainer({ runs: workload('handle-signal') });
    const second = await first.exec(workload('handle-signal'));
    await Promise.all([first, second].map(({ output }) => output.next('started')));
    return { first, second };
  }

  /** What came before this signal would be told before it. */
  async function expectNoSignalSoFar({ signal, output }: Process): Promise<void> {
    await signal('SIGUSR2');
    expect(await output.next('signal')).to.include({ name: 'SIGUSR2' });
  }
});
