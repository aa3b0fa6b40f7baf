import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { replaceFile } from './replace-file.ts';

describe('a file that is replaced', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kmx-write-'));
    writeFileSync(join(folder, 'file'), 'old');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const read = (): string => readFileSync(join(folder, 'file'), 'utf8');

  it('has all pieces in their order, small ones and ones of megabytes', () => {
    const pieces = ['a', '→'.repeat(400_000), 'ü'.repeat(200_000), '', '😀'.repeat(200_000), 'z'];
    const all = Array.from({ length: 5 }, () => pieces).flat();
    replaceFile(join(folder, 'file'), all);
    expect(read() === all.join('')).to.equal(true);
    expect(readdirSync(folder)).to.deep.equal(['file']);
  });

  it('is the old one as long as the new one is not whole', () => {
    const broken = function* () {
      yield 'new';
      expect(read()).to.equal('old');
      throw new Error('the report is broken');
    };
    expect(() => replaceFile(join(folder, 'file'), broken())).to.throw('the report is broken');
    expect(read()).to.equal('old');
    expect(readdirSync(folder)).to.deep.equal(['file']);
  });
});
