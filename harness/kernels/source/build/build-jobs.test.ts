import { expect } from 'chai';
import { buildJobs } from './build-jobs.ts';

const GIB = 1024 ** 3;

describe('The compilers that run at once', () => {
  it('are as many as there are CPUs', () => {
    expect(buildJobs({ cpus: 8, freeBytes: 64 * GIB })).to.equal(8);
  });

  it('are fewer where memory is short, and never none', () => {
    expect(buildJobs({ cpus: 64, freeBytes: 4 * GIB })).to.equal(10);
    expect(buildJobs({ cpus: 4, freeBytes: 0 })).to.equal(1);
  });
});
