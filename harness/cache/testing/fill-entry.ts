/**
 * A process that asks for one cache entry and fills it only when told to: `fill-entry.ts ROOT KEY
 * CONTENT`. Prints `asking`, then `filling` if it is the one that fills, waits for a line on stdin,
 * and prints `done` once it has the entry.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cachedEntry } from '../cached-entry.ts';

const [root = '', key = '', content = ''] = process.argv.slice(2);
const input = createInterface(process.stdin)[Symbol.asyncIterator]();

process.stdout.write('asking\n');
await cachedEntry(root, key, async (folder) => {
  await writeFile(join(folder, 'half'), content.slice(0, 1));
  process.stdout.write('filling\n');
  await input.next();
  await writeFile(join(folder, 'whole'), content);
});
process.stdout.write('done\n');
process.stdin.destroy();
