import { expect } from 'chai';
import { rowBetween } from './version-row.ts';

const ORDERED = ['6.1.170-3', '6.1.192-3', '6.6.13-1', '6.12.9-1', '6.12.117-1', '6.18.15-1'].map(
  (label) => ({ label }),
);

function row(good: string, bad: string): string {
  const found = rowBetween(ORDERED, { good, bad });
  if ('kind' in found) return `${found.kind} ${'end' in found ? found.end : ''}`.trim();
  const labels = found.kernels.map(({ label }) => label).join(' ');
  const direction = found.isBackwards ? ', backwards' : '';
  return `${labels} (${found.good} good, ${found.bad} bad${direction})`;
}

describe('the row of kernels between good and bad', () => {
  it('has all that the two name, and what lies between', () => {
    expect(row('6.1', '6.12')).to.equal(
      '6.1.170-3 6.1.192-3 6.6.13-1 6.12.9-1 6.12.117-1 (2 good, 2 bad)',
    );
  });

  it('begins and ends with exact versions if these are named', () => {
    expect(row('6.1.192-3', '6.12.9')).to.equal('6.1.192-3 6.6.13-1 6.12.9-1 (1 good, 1 bad)');
  });

  it('goes backwards if the newer ones are good', () => {
    expect(row('6.18', '6.6')).to.equal(
      '6.18.15-1 6.12.117-1 6.12.9-1 6.6.13-1 (1 good, 1 bad, backwards)',
    );
  });

  it('needs two ends that are there and apart', () => {
    expect(row('6.2', '6.12')).to.equal('unknown good');
    expect(row('6.1', '7.0')).to.equal('unknown bad');
    expect(row('6.12', '6.12.9-1')).to.equal('overlap');
    expect(row('6.1', '6.1')).to.equal('overlap');
    expect(row('', '6.12')).to.equal('unknown good');
  });
});
