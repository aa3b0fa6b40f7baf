import { expect } from 'chai';
import fc from 'fast-check';
import { anyText } from '../testing/any-text.ts';
import { packResults, unpackResults } from './baseline-pack.ts';
import { standingTests } from './standing-results.ts';
import { makeCell, makePanic } from './testing/made-cells.ts';

describe('packed results of a baseline', () => {
  const verdict = fc.constantFrom('pass', 'skip', 'miss', 'fail', 'hang');
  const result = fc.record({
    verdict,
    why: anyText(),
    signature: fc.string(),
  });
  // A test's file holds no line feed: it is a path.
  const key = fc.tuple(
    fc.string().map((file) => file.replaceAll('\n', '')),
    fc.string(),
  );
  const tests = fc
    .uniqueArray(fc.tuple(key, result), { selector: ([[file, title]]) => `${file}\n${title}` })
    .map((all) => all.map(([[file, title], own]) => ({ key: `${file}\n${title}`, ...own })));
  const cells = fc.uniqueArray(fc.record({ id: fc.string(), tests }), {
    selector: ({ id }) => id,
  });

  it('are what went in', () => {
    fc.assert(
      fc.property(cells, (own) => {
        const expected = own.map(({ id, tests: all }) => [
          id,
          new Map(all.map(({ key: name, ...rest }) => [name, rest])),
        ]);
        const packed = JSON.parse(JSON.stringify(packResults(own)));
        expect([...unpackResults(packed)].map(([id, all]) => [id, new Map(all)])).to.deep.equal(
          expected,
        );
      }),
    );
  });

  it('of 4,000 tests are far smaller than their report', () => {
    const titles = Array.from({ length: 48 }, (_, index) => `does what it should, number ${index}`);
    const panic = makePanic('a None');
    const own = Array.from({ length: 84 }, (_, index) => {
      const made = titles.map((title, number) =>
        number % 5 === index % 5
          ? {
              title,
              verdict: 'agent-panic' as const,
              signature: panic.signature,
              findings: [panic],
            }
          : { title, verdict: 'pass' as const },
      );
      const cell = makeCell(made, { id: `debian-6.12+default+v1+agent-${index}` });
      return { id: cell.id, tests: standingTests(cell) };
    });
    expect(JSON.stringify(packResults(own)).length).to.be.below(40_000);
  });

  it('with numbers of nothing lose no more than these', () => {
    const packed = {
      tests: [{ file: 'a', title: 'b' }],
      results: [{ verdict: 'pass', why: '' } as const],
      cells: [{ id: 'c', results: [[0, 0, 7], [9, 0], []] }],
    };
    expect([...(unpackResults(packed).get('c') ?? [])]).to.deep.equal([
      ['a\nb', { verdict: 'pass', why: '' }],
    ]);
  });
});
