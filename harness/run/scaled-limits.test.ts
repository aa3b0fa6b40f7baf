import { expect } from 'chai';
import { scaleLimits } from './scaled-limits.ts';

const LIMITS = {
  bootTimeoutMs: 60_000,
  callTimeoutMs: 10_000,
  testTimeoutMs: 30_000,
  drainTimeoutMs: 2000,
  heartbeatTimeoutMs: 10_000,
  memoryMib: 256,
  cpus: 2,
  consoleBytes: 1000,
};

describe('limits', () => {
  it('stay as they are without KVM and with a CPU for every guest', () => {
    expect(scaleLimits(LIMITS, { accelerator: 'tcg', jobs: 2, cpus: 2 })).to.deep.equal(LIMITS);
    expect(scaleLimits(LIMITS, { accelerator: 'tcg', jobs: 1, cpus: 8 })).to.deep.equal(LIMITS);
  });

  it('grow when guests share CPUs, and leave sizes alone', () => {
    const scaled = scaleLimits(LIMITS, { accelerator: 'tcg', jobs: 6, cpus: 2 });
    expect(scaled).to.include({ bootTimeoutMs: 180_000, callTimeoutMs: 30_000, memoryMib: 256 });
  });

  it('shrink with KVM', () => {
    const scaled = scaleLimits(LIMITS, { accelerator: 'kvm', jobs: 2, cpus: 2 });
    expect(scaled).to.include({ bootTimeoutMs: 30_000, consoleBytes: 1000 });
  });
});
