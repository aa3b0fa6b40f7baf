/**
 * A harness that is killed while it has a guest in a container. Writes the guest's process id to
 * stdout once the guest runs. The first argument is the folder of its files.
 */
import { once } from 'node:events';
import { createQemuMachine } from '../../machine/qemu/qemu-machine.ts';
import { tinyGuest } from '../../machine/testing/tiny-guests.ts';
import { testContainerQemu } from './container-qemu.ts';

const [, , folder = ''] = process.argv;
const spec = await tinyGuest(folder, 'halt');
await using qemu = await testContainerQemu(folder, [spec.kernel]);
const machine = await createQemuMachine({ accelerator: 'tcg', host: qemu.host });
const instance = await machine.boot(spec);
await once(instance.console, 'data');
process.stdout.write(`${instance.pid}\n`, () => process.kill(process.pid, 'SIGKILL'));
await new Promise(() => undefined);
