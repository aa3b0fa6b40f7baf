import { expect } from 'chai';
import { makeProbeImage } from './probe-image.ts';

describe('the probe image', () => {
  it('starts with a Multiboot header whose first three words sum to zero', () => {
    const image = Buffer.from(makeProbeImage());
    const words = [0, 4, 8].map((offset) => image.readUInt32LE(offset));
    expect(words[0]).to.equal(0x1badb002);
    expect(words.reduce((sum, word) => (sum + word) >>> 0, 0)).to.equal(0);
  });

  it('says that it ends where it does and starts behind its header', () => {
    const image = Buffer.from(makeProbeImage());
    const load = image.readUInt32LE(16);
    expect(image.readUInt32LE(20) - load).to.equal(image.length);
    expect(image.readUInt32LE(28) - load).to.equal(32);
  });
});
