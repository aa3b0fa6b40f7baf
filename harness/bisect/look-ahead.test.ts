import { expect } from 'chai';
import fc from 'fast-check';
import { arrange } from './arrangement.ts';
import { findCulprits } from './find-culprits.ts';
import { lookAhead, type RepeatableSearch } from './look-ahead.ts';
import { type Answer, Probe, type Question } from './probe.ts';
import { answerOf, type FakeKernels, fakeProbe } from './testing/fake-kernels.ts';

const NAMES = Array.from({ length: 16 }, (_, index) => `S${index}`);

function kernelsWith(...sets: readonly (readonly string[])[]): FakeKernels {
  return { changes: NAMES, requirements: new Map(), sets };
}

function searchOf(kernels: FakeKernels): RepeatableSearch {
  const { changes, requirements } = kernels;
  const span = { base: new Set<string>(), top: new Set(changes) };
  return {
    run: (probe) => findCulprits(span, { probe, arrangement: arrange(changes, requirements) }),
    configure: fakeProbe(kernels).configure,
    known: new Map([
      ['', 'no'],
      [[...changes].sort().join(' '), 'yes'],
    ]),
  };
}

/** Runs a search, and before each answer looks ahead. */
async function follow(
  kernels: FakeKernels,
  visit: (pending: Question, ahead: AsyncGenerator<Question>) => Promise<void>,
): Promise<number> {
  const search = searchOf(kernels);
  const answered = new Map<string, Answer>();
  const probe = new Probe({
    configure: search.configure,
    measure: async (question) => {
      await visit(question, lookAhead(search, question, answered));
      const answer = answerOf(kernels, question.changes);
      answered.set(question.key, answer);
      return answer;
    },
  });
  for (const [key, answer] of search.known) probe.know(key, answer);
  await search.run(probe);
  return probe.measured;
}

async function first(questions: AsyncGenerator<Question>, most: number): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of questions) {
    keys.push(key);
    if (keys.length === most) break;
  }
  return keys;
}

describe('Looking ahead in a search', () => {
  it('knows what is asked next, whatever the answers are', async () => {
    const culprits = fc.subarray(NAMES, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.array(culprits, { minLength: 1, maxLength: 2 }), async (sets) => {
        let expected: readonly string[] = [];
        await follow(kernelsWith(...sets), async ({ key }, ahead) => {
          if (expected.length > 0) expect(expected).to.include(key);
          expected = await first(ahead, 2);
        });
      }),
      { numRuns: 50 },
    );
  });

  it('yields one question for each answer, and then what comes after these', async () => {
    const seen: (readonly string[])[] = [];
    await follow(kernelsWith(['S5']), async (_, ahead) => {
      seen.push(await first(ahead, 6));
    });
    const sizes = seen[0]?.map((key) => key.split(' ').length);
    // Of 16: 8 are asked about; 4 after a yes, 12 after a no; then 2, 6, 10 and 14.
    expect(sizes).to.deep.equal([4, 12, 2, 6, 10, 14]);
  });

  it('ends where the search does, and asks nothing itself', async () => {
    let left: readonly string[] = ['?'];
    const measured = await follow(kernelsWith(['S0']), async (_, ahead) => {
      left = await first(ahead, 100);
    });
    expect(measured).to.be.at.most(4 + 2);
    // After the last proof there is only the search for another set, which a failing proof would begin.
    expect(left.every((key) => !key.split(' ').includes('S0'))).to.equal(true);
  });
});
