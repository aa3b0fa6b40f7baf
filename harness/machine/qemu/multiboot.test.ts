import { expect } from 'chai';
import { halt, makeMultibootImage, reset, writeSerial } from './multiboot.ts';

const image = Buffer.from(makeMultibootImage([...writeSerial('hello'), ...reset()]));

describe('a Multiboot image', () => {
  it('starts with three words that sum to zero', () => {
    const words = [0, 4, 8].map((offset) => image.readUInt32LE(offset));
    expect(words[0]).to.equal(0x1badb002);
    expect(words.reduce((sum, word) => (sum + word) >>> 0, 0)).to.equal(0);
  });

  it('says in its header where it ends, and that it starts right behind the header', () => {
    const load = image.readUInt32LE(16);
    expect(image.readUInt32LE(20) - load).to.equal(image.length);
    expect(image.readUInt32LE(28) - load).to.equal(32);
  });

  it('ends in a loop, so that it never runs into what follows it', () => {
    expect([...image.subarray(-3)]).to.deep.equal(halt());
  });
});
