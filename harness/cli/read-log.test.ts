import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createLogReader } from './read-log.ts';

describe('Reading logs of a run for its page', () => {
  let parent: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'kmx-logs-'));
    mkdirSync(join(parent, 'run/cells/one'), { recursive: true });
    writeFileSync(join(parent, 'run/cells/one/console.log'), 'said');
    writeFileSync(join(parent, 'secret'), 'secret');
  });
  afterEach(() => rmSync(parent, { recursive: true }));

  const read = (...path: string[]): string | undefined => {
    const bytes = createLogReader(join(parent, 'run'))(path);
    return bytes && new TextDecoder().decode(bytes);
  };

  it('returns what a log says', () => {
    expect(read('cells', 'one', 'console.log')).to.equal('said');
  });

  it('takes what is not there, or is no file, for nothing', () => {
    expect(read('cells', 'one', 'picture.txt')).to.equal(undefined);
    expect(read('cells', 'one')).to.equal(undefined);
    expect(read('cells', 'one', 'console.log', 'deeper')).to.equal(undefined);
    expect(read('cells', 'x'.repeat(5000), 'console.log')).to.equal(undefined);
    symlinkSync('/dev/zero', join(parent, 'run/cells/one/endless.log'));
    expect(read('cells', 'one', 'endless.log')).to.equal(undefined);
  });

  it('stays in the folder of the run, whatever a cell is called', () => {
    expect(read('cells', '../..', 'secret')).to.equal(undefined);
    expect(read('..', 'secret')).to.equal(undefined);
    expect(read('cells', '\0', 'console.log')).to.equal(undefined);
  });
});
