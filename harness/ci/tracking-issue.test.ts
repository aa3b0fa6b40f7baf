import { expect } from 'chai';
import fc from 'fast-check';
import { HOSTILE } from '../report/testing/sample-ends.ts';
import { createSampleRun } from '../report/testing/sample-run.ts';
import { foldEvents } from '../reporters/testing/runs.ts';
import { anyText } from '../testing/any-text.ts';
import { NOTHING_KNOWN, readMarker } from './issue-marker.ts';
import { changeComment, issueBody } from './issue-text.ts';
import { describeNight, type Night, type NightProblem } from './night.ts';
import { planCalls } from './tracking-issue.ts';

describe('the issue about bad nights', () => {
  const links = {
    night: 'https://github.example/o/n/actions/runs/7',
    commandLine: (words: readonly string[]) => ['kmx', ...words].join(' '),
    label: 'kmx-nightly',
  };
  const bad = describeNight(foldEvents(createSampleRun()));
  const good: Night = {
    kind: 'good',
    headline: 'Green: nothing unexpected.',
    problems: [],
    isPartial: false,
  };
  const without = (night: Night, id: string | undefined): Night => ({
    ...night,
    problems: night.problems.filter((problem) => problem.id !== id),
  });
  const open = (night: Night, number = 4) => ({ number, body: issueBody(night, links) });
  const verbs = (...plan: Parameters<typeof planCalls>) =>
    planCalls(...plan).map(({ words }) => words.slice(0, 3).join(' '));

  it('is opened for a bad night, with its headline, causes and how to see one of each', () => {
    expect(bad.kind).to.equal('bad');
    const [label, create] = planCalls(bad, [], links);
    expect(label?.words).to.include.members(['label', 'create', 'kmx-nightly', '--force']);
    expect(create?.words.slice(0, 4)).to.deep.equal(['issue', 'create', '--label', 'kmx-nightly']);
    for (const { kind } of bad.problems) expect(create?.input).to.contain(`**${kind}**`);
    expect(create?.input).to.contain(bad.headline).and.to.contain(links.night);
    expect(create?.input).to.match(/`kmx reproduce \S+::.+ --signature s2-/);
  });

  it('is opened for a night that left no report', () => {
    const night = describeNight(undefined);
    expect(planCalls(night, [], links).at(-1)?.input).to.contain('no report');
  });

  it('is not touched by a good night if there is none, and closed by it if there is', () => {
    expect(planCalls(good, [], links)).to.deep.equal([]);
    expect(verbs(good, [open(bad)], links)).to.deep.equal(['issue comment 4', 'issue close 4']);
  });

  it('is left alone by a night that was cut off before it found anything', () => {
    expect(planCalls({ ...good, kind: 'undecided' }, [open(bad)], links)).to.deep.equal([]);
  });

  it('is commented on only if a problem came or went', () => {
    expect(verbs(bad, [open(bad)], links)).to.deep.equal(['issue edit 4']);
    const [first, second] = bad.problems;
    const before = open(without(bad, first?.id));
    const [comment] = planCalls(without(bad, second?.id), [before], links);
    expect(comment?.input).to.contain('1 problem came, 1 went');
    expect(comment?.input).to.match(/Came:\n.*\n[\s\S]*Went:\n/);
  });

  it('is the oldest that kmx has written, and never one of somebody else', () => {
    const others = { number: 1, body: 'The nightly is bad. <!-- kmx-nightly e30 -->' };
    expect(verbs(bad, [others], links)).to.deep.equal([
      'label create kmx-nightly',
      'issue create --label',
    ]);
    expect(verbs(bad, [open(bad, 9), others, open(bad, 5)], links)).to.deep.equal(['issue edit 5']);
  });

  it('takes a marker that somebody has changed for an empty one', () => {
    for (const marker of ['e30', '', 'W10', 'xxxx']) {
      expect(readMarker(`<!-- kmx-nightly ${marker} -->`)).to.deep.equal(NOTHING_KNOWN);
    }
    expect(verbs(bad, [{ number: 2, body: '<!-- kmx-nightly xxxx -->' }], links)).to.deep.equal([
      'issue comment 2',
      'issue edit 2',
    ]);
  });

  it('keeps within what GitHub takes, and shows what a guest says only as code', function () {
    this.timeout(60_000);
    const word = fc.oneof(
      anyText({ maxLength: 40 }),
      fc.constantFrom(
        HOSTILE,
        '`',
        '``',
        '@octocat',
        '<!-- kmx-nightly WzFd -->',
        '\n',
        '](https://evil.example)',
      ),
    );
    const title = fc.array(word, { maxLength: 60 }).map((words) => words.join(''));
    const problem: fc.Arbitrary<NightProblem> = fc.record({
      ...{ id: fc.uuid(), kind: fc.constant('agent-panic'), title },
      ...{ extent: fc.constant('1 test in 1 cell'), isNew: fc.boolean() },
      reproduce: fc.array(title, { maxLength: 3 }),
    });
    const worst = Array.from({ length: 200 }, (_, index) => ({
      ...{ id: `${index}`, kind: 'agent-panic', title: '`@octocat '.repeat(40), extent: '' },
      ...{ isNew: true, reproduce: ['漢`'.repeat(500)] },
    }));
    fc.assert(
      fc.property(fc.array(problem, { maxLength: 120 }), (problems) => {
        const night = { ...good, kind: 'bad', headline: 'Red.', problems } as const;
        const body = issueBody(night, links);
        const known = readMarker(body) ?? NOTHING_KNOWN;
        expect(
          known.isTruncated || Object.keys(known.problems).length === problems.length,
        ).to.equal(true);
        const later = { ...good, isPartial: true };
        const texts = [
          body,
          issueBody(later, links, known),
          changeComment(NOTHING_KNOWN, night, links) ?? '',
          changeComment(known, good, links) ?? '',
        ];
        for (const text of texts) {
          expect(text.length).to.be.at.most(65_536);
          expect(withoutCode(text)).not.to.match(/octocat|evil|WzFd/);
          expect(text.isWellFormed()).to.equal(true);
        }
      }),
      { numRuns: 10, examples: [[worst]] },
    );
  });

  /** CommonMark 6.1: a code span ends with as many backticks as it began with. */
  function withoutCode(body: string): string {
    const runs = [...body.matchAll(/`+/g)];
    let [outside, at] = ['', 0];
    for (const [number, run] of runs.entries()) {
      if (run.index < at) continue;
      const end = runs.slice(number + 1).find(([fence]) => fence === run[0]);
      if (end === undefined) continue;
      outside += body.slice(at, run.index);
      at = end.index + end[0].length;
    }
    return outside + body.slice(at);
  }

  it('keeps what a night that was cut off did not get to, and does not call it gone', () => {
    const [first, second] = bad.problems;
    const partial = { ...without(bad, first?.id), isPartial: true };
    const [edit, ...others] = planCalls(partial, [open(bad)], links);
    expect(edit?.words.slice(0, 2)).to.deep.equal(['issue', 'edit']);
    expect(others).to.deep.equal([]);
    const after = edit?.input ?? '';
    expect(after).to.contain('Not seen in this night');
    expect(Object.keys(readMarker(after)?.problems ?? {})).to.have.members(
      bad.problems.map(({ id }) => id),
    );
    // Found again: nothing came. The next complete night without it says that it went.
    expect(verbs(bad, [{ number: 4, body: after }], links)).to.deep.equal(['issue edit 4']);
    const [comment] = planCalls(without(bad, first?.id), [{ number: 4, body: after }], links);
    expect(comment?.input).to.contain('0 problems came, 1 went');
    // What it finds for the first time is told.
    const [news] = planCalls(partial, [open(without(bad, second?.id))], links);
    expect(news?.input).to.contain('1 problem came, 0 went');
  });

  it('is partial if its report says so, or nothing was measured', () => {
    const sample = foldEvents(createSampleRun());
    const isPartial = (changes: object) => describeNight({ ...sample, ...changes }).isPartial;
    expect(isPartial({ interrupted: false })).to.equal(false);
    expect(isPartial({ interrupted: true })).to.equal(true);
    for (const stopped of ['max-failures', 'time-budget']) {
      expect(isPartial({ interrupted: true, stopped })).to.equal(true);
    }
    expect(isPartial({ cells: [], totals: { miss: 3 } })).to.equal(true);
    expect(describeNight(undefined).isPartial).to.equal(true);
  });

  it('says of nothing that it is new if it does not know all there was', () => {
    const many = Array.from({ length: 500 }, (_, index) => ({
      ...{ id: `id-${index}`, kind: 'fail', title: `problem ${index} ${'x'.repeat(90)}` },
      ...{ extent: '', isNew: false },
    }));
    const night: Night = { ...good, kind: 'bad', problems: many };
    const body = issueBody(night, links);
    expect(readMarker(body)).to.have.property('isTruncated', true);
    expect(verbs(night, [{ number: 4, body }], links)).to.deep.equal(['issue edit 4']);
    const [comment] = planCalls(without(night, 'id-0'), [{ number: 4, body }], links);
    expect(comment?.input).to.contain('0 problems came, 1 went');
  });
});
