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
  runLogBytes: 1_000_000_000,
};

/** The limits that the matrix file does not name. */
const WAITS = {
  settleTimeoutMs: 5000,
  healthTimeoutMs: 2000,
  leaseGraceMs: 30_000,
  machineStartTimeoutMs: 20_000,
};

describe('limits', () => {
  it('stay as they are without KVM and with a CPU for every guest', () => {
    for (const host of [
      { accelerator: 'tcg', jobs: 2, cpus: 2 },
      { accelerator: 'tcg', jobs: 1, cpus: 8 },
    ]) {
      expect(scaleLimits(LIMITS, host)).to.deep.equal({ ...LIMITS, ...WAITS });
    }
  });

  it('grow when guests share CPUs, and leave sizes alone', () => {
    const scaled = scaleLimits(LIMITS, { accelerator: 'tcg', jobs: 6, cpus: 2 });
    expect(scaled).to.deep.equal({
      ...LIMITS,
      bootTimeoutMs: 180_000,
      callTimeoutMs: 30_000,
      testTimeoutMs: 90_000,
      drainTimeoutMs: 6000,
      heartbeatTimeoutMs: 30_000,
      settleTimeoutMs: 15_000,
      healthTimeoutMs: 6000,
      leaseGraceMs: 90_000,
      machineStartTimeoutMs: 60_000,
    });
  });

  it('shrink with KVM, which does not make the host itself quicker', () => {
    const scaled = scaleLimits(LIMITS, { accelerator: 'kvm', jobs: 2, cpus: 2 });
    expect(scaled).to.include({ bootTimeoutMs: 30_000, settleTimeoutMs: 2500, consoleBytes: 1000 });
    expect(scaled).to.include({ machineStartTimeoutMs: 20_000 });
  });

  it('that the file does not name grow with those that it does, and never get tight with them', () => {
    const host = { accelerator: 'tcg', jobs: 1, cpus: 1 };
    const slow = { ...LIMITS, bootTimeoutMs: 300_000, callTimeoutMs: 60_000 };
    expect(scaleLimits(slow, host)).to.include({
      settleTimeoutMs: 30_000,
      healthTimeoutMs: 12_000,
      leaseGraceMs: 150_000,
      machineStartTimeoutMs: 100_000,
    });
    const tight = { ...LIMITS, bootTimeoutMs: 1000, callTimeoutMs: 100 };
    expect(scaleLimits(tight, host)).to.include(WAITS);
  });
});
