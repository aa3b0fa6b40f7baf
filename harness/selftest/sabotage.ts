import { BOOTS, type RunEvent } from '../events.ts';
import type { Instance } from '../machine/machine.ts';
import type { Reporter } from '../reporters/reporter.ts';
import { HeldCgroup, killContainer } from './container-sabotage.ts';
import type { ContainerTraces } from './container-traces.ts';
import type { GuestSetting } from './selftest-case.ts';
import type { WatchedMachine } from './watched-machine.ts';

/** What the host does to the running machine of a case, once its test has begun. */
export class Sabotage implements Reporter, AsyncDisposable {
  readonly #setting: GuestSetting;
  readonly #machine: WatchedMachine;
  readonly #traces: ContainerTraces | undefined;
  readonly #held = new HeldCgroup();
  readonly #done: Promise<void>[] = [];

  /** @param traces Told of the container that a test runs in. */
  constructor(setting: GuestSetting, machine: WatchedMachine, traces?: ContainerTraces) {
    this.#setting = setting;
    this.#machine = machine;
    this.#traces = traces;
  }

  readonly onEvent = (event: RunEvent): void => {
    const instance = this.#machine.instances.at(-1);
    if (event.type !== 'test-begin' || instance === undefined) return;
    if (event.test.file === BOOTS.file) return;
    this.#traces?.watch(instance);
    this.#done.push(this.#begin(instance));
  };

  /** What of it went wrong. */
  async problems(): Promise<readonly string[]> {
    const outcomes = await Promise.allSettled(this.#done);
    return outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [`the sabotage failed: ${outcome.reason}`] : [],
    );
  }

  /** Ends what still disturbs the host. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#held[Symbol.asyncDispose]();
  }

  async #begin(instance: Instance): Promise<void> {
    const { hostSabotage, machine } = this.#setting;
    switch (hostSabotage) {
      case 'kill-machine':
        if (machine === 'container') await killContainer(instance);
        else process.kill(instance.pid, 'SIGKILL');
        break;
      case 'stop-machine':
        stop(instance);
        break;
      case 'cut-channel':
        instance.control.destroy();
        break;
      case 'hold-cgroup':
        await this.#held.hold(instance);
        break;
      // Before the guest boots.
      case 'remove-image':
      case undefined:
    }
  }
}

/** 0, of one that has ended, would stop our own process group. */
function stop({ pid }: Instance): void {
  if (pid === 0) throw new Error('Expected a machine that runs');
  process.kill(pid, 'SIGSTOP');
}
