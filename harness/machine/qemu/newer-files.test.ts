import { expect } from 'chai';
import { mapsReadOnlyFiles, migratesFromFiles } from './newer-files.ts';

describe('files of saved guests', () => {
  it('are opened in the newer way since QEMU 8.2', () => {
    const versions = ['7.2.22', '8.1.5', '8.2.0', '10.0.13', '11.1.3'];
    const expected = [false, false, true, true, true];
    expect(versions.map(mapsReadOnlyFiles)).to.deep.equal(expected);
    expect(versions.map(migratesFromFiles)).to.deep.equal(expected);
  });
});
