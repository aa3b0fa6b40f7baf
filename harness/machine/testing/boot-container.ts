/**
 * A harness that ends without disposing of its guest in a container: its argument is the signal.
 * Writes the container's process id and its own prefix to stdout once the guest runs.
 */
import { createContainerMachine } from '../container/container-machine.ts';
import { ownedPrefix } from '../owner.ts';
import { bareContainer } from './container-guest.ts';

const machine = await createContainerMachine();
const instance = await machine.boot(bareContainer());
process.stdout.write(`${JSON.stringify({ pid: instance.pid, owner: ownedPrefix() })}\n`, () =>
  process.kill(process.pid, process.argv[2]),
);
await new Promise(() => setInterval(() => {}, 1000));
