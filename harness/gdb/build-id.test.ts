import { expect } from 'chai';
import fc from 'fast-check';
import { buildIdIn } from './build-id.ts';

/** A note as `readelf -n` names its parts; bodies are padded to four bytes. */
function note(owner: string, type: number, body: Buffer): Buffer {
  const name = Buffer.from(`${owner}\0`);
  const header = Buffer.alloc(12);
  header.writeUInt32LE(name.length, 0);
  header.writeUInt32LE(body.length, 4);
  header.writeUInt32LE(type, 8);
  const padded = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
  return Buffer.concat([header, padded(name), padded(body)]);
}

const ID = Buffer.from('8f3c0a', 'hex');
const BEFORE = [note('Xen', 6, Buffer.from('linux')), note('Linux', 3, Buffer.from('x'))];

describe('the id of a build', () => {
  it('is found among other notes', () => {
    expect(buildIdIn(Buffer.concat([...BEFORE, note('GNU', 3, ID)]))).to.equal('8f3c0a');
  });

  it('is missing where no note of GNU has it', () => {
    expect(buildIdIn(Buffer.concat([...BEFORE, note('GNU', 1, ID)]))).to.equal(undefined);
  });

  it('is, in anything, either hexadecimal digits or missing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(buildIdIn(Buffer.from(bytes)) ?? '').to.match(/^(?:[0-9a-f]{2})*$/);
      }),
    );
  });
});
