/**
 * A harness that ends without disposing of its guest, in the way its first argument says. Writes
 * the guest's process id to stdout once the guest runs. Started by the tests of QEMU.
 */
import { once } from 'node:events';
import { makePrivateDirectory } from '../private-directory.ts';
import { createQemuMachine } from '../qemu/qemu-machine.ts';
import { tinyGuest } from './tiny-guests.ts';

await using folder = await makePrivateDirectory();
const machine = await createQemuMachine({ accelerator: 'tcg', temporaryDirectory: folder.path });
const instance = await machine.boot(await tinyGuest(folder.path, 'halt'));
await once(instance.console, 'data');
process.stdout.write(`${instance.pid}\n`, () => {
  const how = process.argv[2];
  if (how === 'exit') process.exit(0);
  if (how === 'throw') throw new Error('thrown on purpose');
  process.kill(process.pid, how);
});
await new Promise(() => undefined);
