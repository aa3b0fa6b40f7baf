import { expect } from 'chai';
import fc from 'fast-check';
import { arrange, type Requirements } from './arrangement.ts';
import { type Culprits, culpritsOf, findCulprits } from './find-culprits.ts';
import { Probe } from './probe.ts';
import { answerOf, type FakeKernels, fakeProbe, keepPossible } from './testing/fake-kernels.ts';

interface Search {
  readonly suspects?: readonly string[];
  /** What the search knows of them; absent: all. */
  readonly known?: Requirements;
  readonly patience?: number;
}

interface Found extends Culprits {
  readonly measured: number;
  readonly unclear: number;
}

async function search(kernels: FakeKernels, options: Search = {}): Promise<Found> {
  const { changes, requirements } = kernels;
  const { suspects, known = requirements, patience } = options;
  const probe = new Probe(fakeProbe(kernels));
  const span = { base: new Set<string>(), top: new Set(changes) };
  probe.know((await probe.configure(span.base)).key, 'no');
  probe.know((await probe.configure(span.top)).key, 'yes');
  const arrangement = arrange(changes, known, suspects);
  const found = await findCulprits(span, {
    ...{ probe, arrangement },
    ...(patience === undefined ? {} : { patience }),
  });
  return { ...found, measured: probe.measured, unclear: probe.unclear };
}

function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `S${index}`);
}

const none: Requirements = new Map();

describe('findCulprits', () => {
  it('finds one of a thousand in the logarithm of their number, and proves it', async () => {
    const changes = names(1000);
    const { sets, rest, measured } = await search({
      ...{ changes, requirements: none, sets: [['S613']] },
    });
    expect(sets.map(culpritsOf)).to.deep.equal([['S613']]);
    expect(rest.answer).to.equal('no');
    // log2(1000) is 9.97; alone, without any other; and without it, all others.
    expect(measured).to.be.at.most(10 + 2);
  });

  it('measures two kernels if the first suspect is right', async () => {
    const changes = names(1000);
    const { sets, measured } = await search(
      { changes, requirements: none, sets: [['S613']] },
      { suspects: ['S613', 'S2', 'S9'] },
    );
    expect(sets.map(culpritsOf)).to.deep.equal([['S613']]);
    expect(measured).to.equal(2);
  });

  it('measures one kernel beside the proof if only two symbols differ', async () => {
    const kernels = { changes: names(2), requirements: none, sets: [['S1']] };
    expect((await search(kernels, { suspects: ['S1', 'S0'] })).measured).to.equal(2);
    expect((await search(kernels, { suspects: ['S0', 'S1'] })).measured).to.equal(2);
  });

  it('loses little if the suspects are wrong', async () => {
    const changes = names(1000);
    const { sets, measured } = await search(
      { changes, requirements: none, sets: [['S613']] },
      { suspects: ['S1', 'S2', 'S9'] },
    );
    expect(sets.map(culpritsOf)).to.deep.equal([['S613']]);
    expect(measured).to.be.at.most(10 + 2 + 2);
  });

  it('finds two that are needed together, and says what each removal did', async () => {
    const changes = names(100);
    const { sets, rest, measured } = await search({
      ...{ changes, requirements: none, sets: [['S7', 'S70']] },
    });
    expect(sets).to.have.length(1);
    expect(sets[0]?.removals.map(({ without, answer }) => [...without, answer])).to.deep.equal([
      ['S7', 'no'],
      ['S70', 'no'],
    ]);
    expect(rest.answer).to.equal('no');
    expect(measured).to.be.at.most(2 * (7 + 3));
  });

  it('tells two that are enough each from two that are needed together', async () => {
    const changes = names(100);
    const { sets, rest } = await search({
      ...{ changes, requirements: none, sets: [['S7'], ['S70']] },
    });
    expect(sets.map(culpritsOf).toSorted()).to.deep.equal([['S7'], ['S70']]);
    expect(rest.answer).to.equal('no');
  });

  it('changes with a symbol what it requires, and tells the two apart', async () => {
    const changes = names(64);
    const requirements = new Map([
      ['S40', new Set(['S50'])],
      ['S50', new Set(['S60'])],
    ]);
    const { sets } = await search({ changes, requirements, sets: [['S40']] });
    expect(sets.map(culpritsOf)).to.deep.equal([['S40']]);
    expect([...(sets[0]?.changes ?? [])].sort()).to.deep.equal(['S40', 'S50', 'S60']);
    const lower = await search({ changes, requirements, sets: [['S50']] });
    expect(lower.sets.map(culpritsOf)).to.deep.equal([['S50']]);
  });

  it('takes symbols that require each other for one', async () => {
    const requirements = new Map([
      ['S4', new Set(['S5'])],
      ['S5', new Set(['S4'])],
    ]);
    const { sets } = await search({ changes: names(16), requirements, sets: [['S5']] });
    expect([...(sets[0]?.changes ?? [])].sort()).to.deep.equal(['S4', 'S5']);
    expect(sets[0]?.removals).to.have.length(1);
  });

  it('splits what was only thought to go together', async () => {
    const known = new Map([
      ['S4', new Set(['S5'])],
      ['S5', new Set(['S4'])],
    ]);
    const kernels = { changes: names(16), requirements: none, sets: [['S5']] };
    const { sets } = await search(kernels, { known });
    expect(sets.map(culpritsOf)).to.deep.equal([['S5']]);
  });

  it('works around kernels that tell nothing', async () => {
    const changes = names(64);
    // The first half does not build without the last symbol.
    const broken = changes.slice(0, 32).map((change) => [change, 'S63'] as const);
    const { sets, unclear } = await search({
      ...{ changes, requirements: none, broken, sets: [['S50']] },
    });
    expect(sets.map(culpritsOf)).to.deep.equal([['S50']]);
    expect(unclear).to.be.greaterThan(0);
  });

  it('says so if nothing tells two symbols apart', async () => {
    const changes = names(32);
    const { sets } = await search({
      ...{ changes, requirements: none, sets: [['S5']] },
      broken: [
        ['S5', 'S6'],
        ['S6', 'S5'],
      ],
    });
    expect(sets.map(({ blocks }) => blocks)).to.deep.equal([[['S5', 'S6']]]);
    expect(sets[0]?.removals.map(({ answer }) => answer)).to.deep.equal(['unclear', 'unclear']);
  });

  it('finds a smallest set within its bound, whatever requires what', async () => {
    await fc.assert(
      fc.asyncProperty(kernelsArbitrary(), async ({ kernels, suspects }) => {
        const found = await search(kernels, { suspects });
        expectSmallest(found, kernels);
        expect(found.rest.answer).to.equal('no');
        const culprits = found.sets.reduce((sum, set) => sum + culpritsOf(set).length, 0);
        const log2 = Math.ceil(Math.log2(kernels.changes.length));
        // Per culprit: finding it, whether it is all, what it does if left out; the suspects cost two.
        expect(found.measured).to.be.at.most(culprits * (log2 + 5) + found.sets.length);
      }),
      { numRuns: 300 },
    );
  });

  it('finds a smallest set around kernels that tell nothing, with dependencies it did not know', async () => {
    await fc.assert(
      fc.asyncProperty(kernelsArbitrary(), pairs(), async ({ kernels, suspects }, wild) => {
        const size = kernels.changes.length;
        const broken = wild.map(([one, other]) => [`S${one % size}`, `S${other % size}`] as const);
        const found = await search(
          { ...kernels, broken },
          { suspects, known: none, patience: Infinity },
        );
        expectSmallest(found, { ...kernels, broken });
      }),
      { numRuns: 300 },
    );
  });

  it('ends soon if hardly any kernel tells anything', async () => {
    const changes = names(400);
    const broken = changes.map((change, index) => [change, `S${(index + 1) % 400}`] as const);
    const { sets, measured } = await search({
      ...{ changes, requirements: none, broken, sets: [['S5']] },
    });
    expect(sets[0]?.blocks.flat()).to.have.length(400);
    expect(measured).to.be.at.most(2 * 9 + 4 + 400);
  });
});

/** Enough, and not without any of the changes that nothing else in it requires. */
function expectSmallest({ sets }: Culprits, kernels: FakeKernels): void {
  for (const { changes, removals } of sets) {
    expect(answerOf(kernels, changes)).to.equal('yes');
    for (const { without } of removals) {
      const left = keepPossible(changes.difference(new Set(without)), kernels.requirements);
      expect(answerOf(kernels, left), `without ${without}`).not.to.equal('yes');
    }
    const removable = [...changes].filter((change) =>
      [...changes].every((other) => !(kernels.requirements.get(other)?.has(change) ?? false)),
    );
    for (const change of removable) {
      expect(culpritsOf({ removals }), 'removals').to.include(change);
    }
  }
}

function pairs(): fc.Arbitrary<readonly (readonly [number, number])[]> {
  return fc.array(fc.tuple(fc.nat(99), fc.nat(99)), { maxLength: 8 });
}

interface Drawn {
  readonly kernels: FakeKernels;
  readonly suspects: readonly string[];
}

/** Requirements without cycles, one to three culprits, in one set or several. */
function kernelsArbitrary(): fc.Arbitrary<Drawn> {
  const culprits = fc.array(fc.array(fc.nat(99), { minLength: 1, maxLength: 2 }), {
    minLength: 1,
    maxLength: 2,
  });
  const drawn = fc.tuple(
    fc.integer({ min: 2, max: 100 }),
    pairs(),
    culprits,
    fc.array(fc.nat(99), { maxLength: 3 }),
  );
  return drawn.map(([size, edges, sets, suspects]) => {
    const requirements = new Map<string, Set<string>>();
    for (const [one, other] of edges) {
      const [low, high] = [Math.min(one % size, other % size), Math.max(one % size, other % size)];
      if (low === high) continue;
      // Transitive as it is: what is kept is kept with all that it needs.
      const name = `S${low}`;
      requirements.set(name, (requirements.get(name) ?? new Set()).add(`S${high}`));
    }
    return {
      kernels: {
        changes: names(size),
        requirements,
        sets: sets.map((set) => set.map((index) => `S${index % size}`)),
      },
      suspects: suspects.map((index) => `S${index}`),
    };
  });
}
