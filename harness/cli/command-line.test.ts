import { expect } from 'chai';
import { buildWords, resumeLine } from './command-line.ts';

describe('a command that is printed to be copied', () => {
  it('builds kernels in a container again', () => {
    expect(buildWords('container').join(' ')).to.equal('--build-in container');
    expect(buildWords('host')).to.deep.equal([]);
    expect(buildWords(undefined)).to.deep.equal([]);
  });
});

describe('the command that goes on with a run', () => {
  it('is what its user has typed to start kmx, with the folder of the run', () => {
    const named = (name: string): string =>
      resumeLine('reports/20260801-100000-cafe', { KMX_COMMAND: name });
    expect(named('kmx')).to.equal('kmx run --resume reports/20260801-100000-cafe');
    expect(named('../my clone/scripts/kmx')).to.match(/^'..\/my clone\/scripts\/kmx' run/);
  });

  it('is that of a clone if nobody says', () => {
    expect(resumeLine('/tmp/out/a', {})).to.equal('scripts/kmx run --resume /tmp/out/a');
  });

  it('names the folder so that it is not taken for an id', () => {
    expect(resumeLine('20260801-100000-cafe', {})).to.match(/ \.\/20260801-100000-cafe$/);
  });
});
