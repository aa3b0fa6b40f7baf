import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { isInPool } from './probe-pool.ts';

const BYTES = 1 << 20;

describe('A file that the lists of an archive no longer name', function () {
  this.timeout(60_000);

  it('is there or not, as a folder', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kmx-pool-'));
    try {
      await writeFile(join(folder, 'large.deb'), Buffer.alloc(BYTES));
      await writeFile(join(folder, 'small.deb'), 'x');
      const uri = pathToFileURL(folder).href;
      expect(await isInPool(uri, 'large.deb')).to.equal(true);
      expect(await isInPool(uri, 'small.deb')).to.equal(true);
      expect(await isInPool(uri, 'none.deb')).to.equal(false);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('is there or not, over the network, or that is not known', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/large.deb') response.end(Buffer.alloc(BYTES));
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await isInPool(uri, 'large.deb')).to.equal(true);
    expect(await isInPool(uri, 'none.deb')).to.equal(false);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await isInPool(uri, 'large.deb')).to.equal(undefined);
  });
});
