import { expect } from 'chai';
import fc from 'fast-check';
import { OutputDiscarded } from './agent.ts';
import { BUFFER_BYTES, OutputBuffer } from './output-buffer.ts';

const textOf = (data: Uint8Array | undefined) => data && Buffer.from(data).toString('latin1');

describe('unread output', () => {
  it('is complete and in order, however it was split', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), (chunks) => {
        const buffer = new OutputBuffer('stdout');
        for (const chunk of chunks) buffer.push(chunk);
        const kept = Buffer.concat(chunks);
        expect(buffer.take() ?? Buffer.of()).to.deep.equal(kept);
        expect(buffer.take()).to.equal(undefined);
      }),
    );
  });

  it('is delivered before the end or the error that followed it', () => {
    const [whole, broken] = [new OutputBuffer('stdout'), new OutputBuffer('stderr')];
    const error = new Error('the way broke');
    for (const buffer of [whole, broken]) buffer.push(Buffer.from('last words'));
    whole.end();
    broken.end(error);
    for (const buffer of [whole, broken]) expect(textOf(buffer.take())).to.equal('last words');
    expect(whole.take()).to.have.lengthOf(0);
    expect(() => broken.take()).to.throw(error);
  });

  it('is kept up to a bound, and reading past it says how much was discarded', () => {
    const buffer = new OutputBuffer('ReadStdout of c1');
    buffer.push(Buffer.alloc(BUFFER_BYTES - 1, 'a'));
    buffer.push(Buffer.from('bcd'));
    buffer.push(Buffer.from('e'));
    buffer.end();
    const kept = textOf(buffer.take());
    expect(kept).to.have.lengthOf(BUFFER_BYTES);
    expect(kept?.at(-1)).to.equal('b');
    expect(() => buffer.take()).to.throw(
      OutputDiscarded,
      /^ReadStdout of c1: .* 3 more were discarded$/,
    );
  });

  it('announces each change and the end', async () => {
    const buffer = new OutputBuffer('stdout');
    const { changed, ended } = buffer;
    buffer.push(Buffer.from('a'));
    await changed;
    const { changed: changedAgain } = buffer;
    buffer.end();
    await Promise.all([changedAgain, ended]);
  });
});
