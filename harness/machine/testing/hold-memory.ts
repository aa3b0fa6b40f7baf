/** `hold-memory.ts FOLDER BYTES`: makes memory for a guest, says so, and waits to be killed. */
import { makeSavableMemory } from '../qemu/savable-memory.ts';

const [folder = '', bytes] = process.argv.slice(2);
using _memory = await makeSavableMemory(folder, Number(bytes));
process.stdout.write('held\n');
await new Promise(() => setInterval(() => {}, 1000));
