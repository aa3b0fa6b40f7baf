import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { type Round, watchLoop } from './watch-loop.ts';

/** Files change when a test says so. */
class FakeDetector {
  missing: readonly string[] = [];
  #next: readonly string[] = [];

  change(...paths: readonly string[]): void {
    this.#next = paths;
  }

  async look(): Promise<readonly string[]> {
    const found = this.#next;
    this.#next = [];
    return found;
  }
}

describe('The loop of kmx watch', () => {
  let detector: FakeDetector;
  let ctrlC: AbortController;
  let rounds: Round[];
  let missing: (readonly string[])[];
  beforeEach(() => {
    detector = new FakeDetector();
    ctrlC = new AbortController();
    rounds = [];
    missing = [];
  });

  const run = (runRound: (round: Round, signal: AbortSignal) => Promise<void>) =>
    watchLoop({
      ...{ detector, signal: ctrlC.signal },
      onMissing: (paths) => void missing.push(paths),
      runRound: (round, signal) => {
        rounds.push(round);
        return runRound(round, signal);
      },
    }).catch((error: unknown) => error);

  it('begins a round at once, and another one after each change', async () => {
    const ended = run(async ({ number }) => {
      if (number === 3) ctrlC.abort();
      else detector.change(`file ${number}`);
    });
    expect(await ended).to.have.property('name', 'AbortError');
    expect(rounds).to.deep.equal([
      { number: 1, changed: [] },
      { number: 2, changed: ['file 1'] },
      { number: 3, changed: ['file 2'] },
    ]);
  });

  it('breaks off a round when files change meanwhile', async () => {
    const ended = run(async ({ number }, signal) => {
      if (number === 2) ctrlC.abort();
      detector.change('agent');
      while (!signal.aborted) await setImmediate();
      throw signal.reason;
    });
    await ended;
    expect(rounds.map(({ changed }) => changed)).to.deep.equal([[], ['agent']]);
  });

  it('ends with what went wrong in a round, also while files change', async () => {
    const bug = new TypeError('a bug');
    const ended = run(async (_round, signal) => {
      detector.change('agent');
      while (!signal.aborted) await setImmediate();
      throw bug;
    });
    expect(await ended).to.equal(bug);
  });

  it('ends with Ctrl-C in the middle of a round', async () => {
    const ended = run(async (_round, signal) => {
      ctrlC.abort();
      signal.throwIfAborted();
    });
    expect(await ended).to.equal(ctrlC.signal.reason);
    expect(rounds).to.have.length(1);
  });

  it('says once that the agent is gone, and begins a round when it is back', async () => {
    const ended = run(async ({ number }) => {
      if (number === 1) detector.missing = ['agent'];
      else ctrlC.abort();
    });
    while (missing.length === 0) await setImmediate();
    detector.missing = [];
    detector.change('agent');
    await ended;
    expect(missing).to.deep.equal([['agent']]);
    expect(rounds.map(({ changed }) => changed)).to.deep.equal([[], ['agent']]);
  });
});
