import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { ownedPrefix } from '../owner.ts';
import { TINY_PROGRAMS } from '../testing/tiny-programs.ts';
import { connectEngine, type EngineClient } from './engine.ts';
import { makeImageArchive } from './image-archive.ts';
import { IMAGE_LABEL, OWNER_LABEL } from './labels.ts';
import { findLeftovers, removeLeftovers } from './leftovers.ts';

const NAME = `localhost/kernel-matrix-test:${process.pid}`;
const WAIT = { kind: 'file', path: '/wait', mode: 0o755, content: TINY_PROGRAMS.wait } as const;

describe('What kmx keeps in an engine', () => {
  let client: EngineClient;
  before(async () => {
    ({ client } = await connectEngine());
    const settings = { entrypoint: ['/wait'], labels: { [IMAGE_LABEL]: 'test' } };
    const archive = await makeImageArchive([[WAIT]], settings);
    await text(await client.loadImage(archive.open(NAME), { quiet: true }));
  });
  after(async () => {
    await remove(() => client.getImage(NAME).remove({ force: true }));
  });

  async function remove(removing: () => Promise<unknown>): Promise<void> {
    await removing().catch((error: { statusCode?: number }) => {
      if (error.statusCode !== 404) throw error;
    });
  }

  /** Runs until it is removed. */
  async function startOwnedBy(owner: string): Promise<string> {
    const container = await client.createContainer({
      Image: NAME,
      Labels: { [OWNER_LABEL]: owner },
      HostConfig: { NetworkMode: 'none' },
    });
    await container.start();
    return container.id;
  }

  const unusedIds = async (): Promise<readonly string[]> =>
    (await findLeftovers(client)).unused.map(({ id }) => id);

  it('stays while a process that runs uses it', async () => {
    const id = await startOwnedBy(ownedPrefix());
    try {
      const { unused, used } = await findLeftovers(client);
      expect(unused.map(({ id: each }) => each)).to.not.include(id);
      expect(unused.map(({ name }) => name)).to.not.include(NAME);
      expect(used).to.be.at.least(2);
    } finally {
      await client.getContainer(id).remove({ force: true });
    }
  });

  it('goes when the process was killed: the container first, then its image', async () => {
    const [, number] = /^kmx-(\d+)-/.exec(ownedPrefix()) ?? [];
    const id = await startOwnedBy(ownedPrefix().replace(`kmx-${number}-`, 'kmx-4194305-'));
    const { unused } = await findLeftovers(client);
    const ours = unused.filter((each) => each.id === id || each.name === NAME);
    expect(ours.map(({ kind }) => kind)).to.deep.equal(['container', 'image']);
    await removeLeftovers(client, ours);
    const left = await unusedIds();
    for (const each of ours) expect(left).to.not.include(each.id);
    // Others may have removed it meanwhile.
    await removeLeftovers(client, ours);
  });
});
