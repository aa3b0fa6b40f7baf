import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { digestFile, digestOf, nameOfDigest } from './digest.ts';

// From FIPS 180-2, appendix B.1.
const ABC = 'sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

describe('A digest', () => {
  it('of a text, of its bytes and of a file that holds them is the same', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kmx-digest-'));
    try {
      await writeFile(join(folder, 'file'), 'abc');
      expect(digestOf('abc')).to.equal(ABC);
      expect(digestOf(Buffer.from('abc'))).to.equal(ABC);
      expect(await digestFile(join(folder, 'file'))).to.equal(ABC);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('is a file name in whole, without its algorithm', () => {
    expect(nameOfDigest(ABC)).to.equal(ABC.slice('sha256:'.length));
  });

  it('of a file that is not there fails', async () => {
    const error = await digestFile('/nonexistent/file').catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Error).with.property('code', 'ENOENT');
  });
});
