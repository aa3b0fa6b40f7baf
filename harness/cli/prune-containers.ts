import { connectEngine } from '../machine/container/engine.ts';
import { findLeftovers, removeLeftovers } from '../machine/container/leftovers.ts';
import { count } from '../phrases.ts';
import { renderTable } from '../reporters/table.ts';
import { formatBytes } from './format-bytes.ts';

/** Removes, from the container engine, the images that kmx made and containers of killed runs. */
export async function pruneContainers(isDryRun: boolean): Promise<void> {
  const { client } = await connectEngine();
  const { unused, used } = await findLeftovers(client);
  if (!isDryRun) await removeLeftovers(client, unused);
  const rows = unused.map(({ kind, name, bytes }) => [
    kind,
    bytes === undefined ? '' : formatBytes(bytes),
    name,
  ]);
  const number = (kind: string) => unused.filter((leftover) => leftover.kind === kind).length;
  const what = `${count(number('container'), 'container')} and ${count(number('image'), 'image')}`;
  const would = isDryRun ? 'would be removed' : 'removed';
  const rest = used === 0 ? '' : `; ${used} in use`;
  process.stdout.write(`${[...renderTable(rows), `${what} ${would}${rest}`].join('\n')}\n`);
}
