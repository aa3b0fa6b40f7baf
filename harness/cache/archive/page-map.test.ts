import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { countPages, PAGE_BYTES, PageIndex, PageMapper, type Run } from './page-map.ts';

describe('a map of pages', () => {
  const pageOf = (byte: number) => Buffer.alloc(PAGE_BYTES, byte);
  const fileOf = (bytes: readonly number[]) => Buffer.concat(bytes.map(pageOf));

  function map(index: PageIndex, file: number, content: Buffer): readonly Run[] {
    const mapper = new PageMapper(index, file);
    mapper.push(content);
    const { runs, added } = mapper.done();
    index.add(added);
    return runs;
  }

  it('names runs of pages that are empty, new, or as in a file before it', () => {
    const index = new PageIndex();
    expect(map(index, 0, fileOf([0, 0, 1, 2, 3]))).to.deep.equal([
      ['empty', 2],
      ['new', 3],
    ]);
    expect(map(index, 1, fileOf([2, 3, 4, 0]))).to.deep.equal([
      ['as', 2, 0, 3],
      ['new', 1],
      ['empty', 1],
    ]);
  });

  it('finds a page that occurs twice in one file', () => {
    expect(map(new PageIndex(), 7, fileOf([1, 1, 1]))).to.deep.equal([
      ['new', 1],
      ['as', 1, 7, 0],
      ['as', 1, 7, 0],
    ]);
  });

  it('counts a whole empty mebibyte as its pages', () => {
    const content = Buffer.concat([Buffer.alloc(1024 * 1024), pageOf(1)]);
    const mapper = new PageMapper(new PageIndex(), 0);
    mapper.push(content.subarray(0, 1024 * 1024));
    mapper.push(content.subarray(1024 * 1024));
    const { runs, added } = mapper.done();
    expect(runs).to.deep.equal([
      ['empty', 256],
      ['new', 1],
    ]);
    expect([...added.values()]).to.deep.equal([256]);
  });

  it('describes all of every file, so that it can be put together again', () => {
    const files = fc.array(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 20 }), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(files, (contents) => {
        const index = new PageIndex();
        const made: Buffer[] = [];
        for (const [number, bytes] of contents.entries()) {
          const content = fileOf(bytes);
          const runs = map(index, number, content);
          expect(countPages(runs)).to.equal(bytes.length);
          made.push(Buffer.alloc(content.length));
          assemble(runs, content, made, number);
          expect(digest(made[number])).to.equal(digest(content));
        }
      }),
    );
  });

  /** Takes new pages from where they stand in the content, as an archive has them in that order. */
  function assemble(runs: readonly Run[], content: Buffer, made: Buffer[], number: number): void {
    let page = 0;
    for (const [kind, count, file = 0, from = 0] of runs) {
      for (let at = 0; at < count; at++, page++) {
        const source = kind === 'as' ? made[file] : content;
        const start = (kind === 'as' ? from + at : page) * PAGE_BYTES;
        if (kind !== 'empty')
          source?.copy(made[number] as Buffer, page * PAGE_BYTES, start, start + PAGE_BYTES);
      }
    }
  }

  const digest = (bytes: Buffer | undefined) =>
    createHash('sha256')
      .update(bytes ?? '')
      .digest('hex');
});
