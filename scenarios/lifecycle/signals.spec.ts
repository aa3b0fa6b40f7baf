import type { Container, Process } from '../support/container.ts';
import { expect } from '../support/expect.ts';
import { useGuest } from '../support/guest.ts';
import { KILLED, workload } from '../support/workload.ts';

describe('signals', () => {
  const guest = useGuest();

  it('SIGTERM reaches a program with a handler, which chooses its exit code', async () => {
    const runs = workload('handle-signal', '--exit-code', 4);
    const container = await guest.runContainer({ runs });
    await container.output.next('started');
    await container.signal('SIGTERM');
    await expectNextSignal(container, 'SIGTERM');
    expect(await container.wait()).to.equal(4);
  });

  // Such a program blocks the signal and has no handler. An agent that looks only for a handler
  // (SigCgt in /proc/PID/status) concludes that SIGTERM would have no effect.
  it('SIGTERM reaches a program that waits for it by sigwait or signalfd', async () => {
    const container = await guest.runContainer({ runs: workload('wait-signal') });
    await container.output.next('started');
    await container.signal('SIGTERM');
    await expectNextSignal(container, 'SIGTERM');
    expect(await container.wait()).to.equal(0);
  });

  it('SIGUSR1 reaches a program that waits for it', async () => {
    const container = await guest.runContainer({ runs: workload('wait-signal') });
    await container.output.next('started');
    await container.signal('SIGUSR1');
    await expectNextSignal(container, 'SIGUSR1');
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
      await expectNextSignal(second, 'SIGTERM');
      await expectNoSignalSoFar(first);
    });

    it('SIGTERM for the container reaches its first process alone', async () => {
      const { first, second } = await runTwo();
      await first.signalAsWhole('SIGTERM');
      await expectNextSignal(first, 'SIGTERM');
      await expectNoSignalSoFar(second);
    });

    it('SIGKILL for the container ends both', async () => {
      const { first, second } = await runTwo();
      await first.signalAsWhole('SIGKILL');
      expect(await second.wait()).to.be.oneOf(KILLED);
      expect(await first.wait()).to.be.oneOf(KILLED);
    });
  });

  /** Two programs that print the signals that reach them and survive all but SIGKILL. */
  async function runTwo(): Promise<{ first: Container; second: Process }> {
    const first = await guest.runContainer({ runs: workload('handle-signal') });
    const second = await first.exec(workload('handle-signal'));
    await Promise.all([first, second].map(({ output }) => output.next('started')));
    return { first, second };
  }

  /** Any earlier signal would be printed before this one. */
  async function expectNoSignalSoFar(process: Process): Promise<void> {
    await process.signal('SIGUSR2');
    await expectNextSignal(process, 'SIGUSR2');
  }

  async function expectNextSignal({ output }: Process, signal: NodeJS.Signals): Promise<void> {
    const { name } = await output.next('signal');
    expect(name, 'the next signal that reached the process').to.equal(signal);
  }
});
