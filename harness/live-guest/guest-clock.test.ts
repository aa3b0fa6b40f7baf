import { expect } from 'chai';
import { GuestClock } from './guest-clock.ts';

describe('GuestClock', () => {
  it('accepts the uptime of a guest that booted at once', () => {
    const clock = new GuestClock(10_000, true);
    expect(clock.compare(4_900, 15_000)).to.equal(undefined);
  });

  it('accepts the clock of a guest that got little time to run', () => {
    const clock = new GuestClock(0, true);
    expect(clock.compare(2_000, 60_000)).to.equal(undefined);
  });

  it('accepts messages that arrive late and all at once', () => {
    const clock = new GuestClock(0, false);
    expect(clock.compare(100_000, 4_000)).to.equal(undefined);
    expect(clock.compare(103_900, 4_000)).to.equal(undefined);
  });

  it('notices a booted guest with more uptime than there was time since its start', () => {
    const clock = new GuestClock(0, true);
    expect(clock.compare(43_000, 21_300)).to.match(/fast: 43\.0 s passed there in 21\.3 s/);
  });

  it('notices a restored guest whose uptime grows too fast', () => {
    const clock = new GuestClock(1_000, false);
    expect(clock.compare(43_000, 1_200)).to.equal(undefined);
    expect(clock.compare(45_000, 1_500)).to.match(/fast: 2\.0 s passed there in 0\.5 s/);
  });
});
