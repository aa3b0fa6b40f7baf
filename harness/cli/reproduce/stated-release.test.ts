import { expect } from 'chai';
import { expandMatrix } from '../../matrix/expand.ts';
import { loadMatrix } from '../load-matrix.ts';
import { rangeOf, statedReleases } from './stated-release.ts';

describe('the release of a kernel that has not been fetched', () => {
  const matrix = loadMatrix('matrix.yaml');
  const cells = expandMatrix(matrix);
  const cellWith = (name: string) => {
    const cell = cells.find(({ kernel }) => kernel === name);
    if (cell === undefined) throw new Error(`Expected a cell with ${name}`);
    return cell;
  };

  it('is what the matrix says of it, as far as it goes', () => {
    const releaseOf = statedReleases({ matrix });
    expect(releaseOf(cellWith('debian-6.1'))).to.equal('6.1');
    expect(releaseOf(cellWith('source-6.12'))).to.equal('6.12');
  });

  it('is better known to a run, and to the lock', () => {
    const release = '6.12.117+deb12-cloud-amd64';
    const kernels = [{ name: 'debian-6.12', release, digest: '', origin: '' }];
    const cell = cellWith('debian-6.12');
    expect(statedReleases({ matrix, report: { kernels } })(cell)).to.equal(release);
    const locked = { release: '6.12.90', digest: '' };
    const lock = { kernels: new Map([['debian-6.12', locked]]), agents: new Map() };
    expect(statedReleases({ matrix, report: { kernels }, lock })(cell)).to.equal('6.12.90');
  });

  it('says in which range of an expectation it is, unless the kernel is named', () => {
    const releaseOf = statedReleases({ matrix });
    const of = (name: string, words: readonly string[]) =>
      rangeOf(words, cellWith(name), releaseOf);
    expect(of('debian-6.12', ['<5.0', '>=6.12'])).to.equal('>=6.12');
    expect(of('debian-6.1', ['>=6.12'])).to.equal(undefined);
    expect(of('debian-6.12', ['>=6.12', 'debian-6.12'])).to.equal(undefined);
    expect(rangeOf(undefined, cellWith('debian-6.12'), releaseOf)).to.equal(undefined);
  });
});
