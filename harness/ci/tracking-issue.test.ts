import { expect } from 'chai';
import fc from 'fast-check';
import { HOSTILE } from '../report/testing/sample-ends.ts';
import { createSampleRun } from '../report/testing/sample-run.ts';
import { foldEvents } from '../reporters/testing/runs.ts';
import { anyText } from '../testing/any-text.ts';
import { codeSpan, issueBody, readMarker } from './issue-text.ts';
import { describeNight, type Night, type Trouble } from './night.ts';
import { planCalls } from './tracking-issue.ts';

describe('the issue about bad nights', () => {
  const links = {
    night: 'https://github.example/o/n/actions/runs/7',
    commandLine: (words: readonly string[]) => ['kmx', ...words].join(' '),
    label: 'kmx-nightly',
  };
  const bad = describeNight(foldEvents(createSampleRun()));
  const good: Night = { kind: 'good', headline: 'Green: nothing unexpected.', troubles: [] };
  const without = (night: Night, id: string | undefined): Night => ({
    ...night,
    troubles: night.troubles.filter((trouble) => trouble.id !== id),
  });
  const open = (night: Night, number = 4) => ({ number, body: issueBody(night, links) });
  const verbs = (...plan: Parameters<typeof planCalls>) =>
    planCalls(...plan).map(({ words }) => words.slice(0, 3).join(' '));

  it('is opened for a bad night, with its headline, causes and how to see one of each', () => {
    expect(bad.kind).to.equal('bad');
    const [label, create] = planCalls(bad, [], links);
    expect(label?.words).to.include.members(['label', 'create', 'kmx-nightly', '--force']);
    expect(create?.words.slice(0, 4)).to.deep.equal(['issue', 'create', '--label', 'kmx-nightly']);
    for (const { kind } of bad.troubles) expect(create?.input).to.contain(`**${kind}**`);
    expect(create?.input).to.contain(bad.headline).and.to.contain(links.night);
    expect(create?.input).to.contain('`kmx run --no-cache --profile ');
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

  it('is commented on only if a cause came or went', () => {
    expect(verbs(bad, [open(bad)], links)).to.deep.equal(['issue edit 4']);
    const [first, second] = bad.troubles;
    const before = open(without(bad, first?.id));
    const [comment] = planCalls(without(bad, second?.id), [before], links);
    expect(comment?.input).to.contain('1 cause came, 1 went');
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
      expect(readMarker(`<!-- kmx-nightly ${marker} -->`)).to.deep.equal({});
    }
    expect(verbs(bad, [{ number: 2, body: '<!-- kmx-nightly xxxx -->' }], links)).to.deep.equal([
      'issue comment 2',
      'issue edit 2',
    ]);
  });

  it('keeps within what GitHub takes, and shows what a guest says only as code', () => {
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
    const trouble: fc.Arbitrary<Trouble> = fc.record({
      ...{ id: fc.uuid(), kind: fc.constant('agent-panic'), title },
      ...{ extent: fc.constant('1 test in 1 cell'), isNew: fc.boolean() },
      reproduce: fc.array(title, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(fc.array(trouble, { maxLength: 120 }), (troubles) => {
        const body = issueBody({ kind: 'bad', headline: 'Red.', troubles }, links);
        expect(body.length).to.be.at.most(65_536);
        expect(Object.keys(readMarker(body) ?? {})).to.have.length(troubles.length);
        expect(withoutCode(body)).not.to.match(/octocat|evil|WzFd/);
        expect(body.isWellFormed()).to.equal(true);
      }),
      { numRuns: 30 },
    );
  });

  /** CommonMark 6.1: a code span ends with as many backticks as it began with. */
  function withoutCode(body: string): string {
    return body.replace(/(?<!`)(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '');
  }

  it('has code spans that hold any text', () => {
    expect(codeSpan('plain')).to.equal('`plain`');
    expect(codeSpan('a `b` ``c``')).to.equal('``` a `b` ``c`` ```');
    expect(codeSpan('')).to.equal('` `');
  });
});
