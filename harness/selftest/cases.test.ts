import { readFileSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { SELFTEST_CASES } from './cases.ts';
import { describeExpected } from './run-selftest.ts';

const SCENARIOS = new URL('scenarios/', import.meta.url);
const GUEST = new URL('../../guest/', import.meta.url);
const MANUAL = new URL('../../docs/selftest.md', import.meta.url);

const names = SELFTEST_CASES.map(({ name }) => name);

describe('the cases of the selftest', () => {
  it('have unique names, which serve as folders and as words of a filter', () => {
    expect(names).to.deep.equal([...new Set(names)]);
    for (const name of names) expect(name).to.match(/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/);
  });

  it('are each selected by their name alone, where they run a scenario', () => {
    const scenarios = SELFTEST_CASES.filter((item) => 'until' in item && item.until === 'scenario');
    for (const { name } of scenarios) {
      const picked = scenarios.filter((other) => other.name.includes(name));
      expect(picked.map((other) => other.name)).to.deep.equal([name]);
    }
  });

  it('have a scenario where they say so, and each scenario has a case', async () => {
    const files = await readdir(SCENARIOS);
    const texts = await Promise.all(
      files.map((file) => readFile(new URL(file, SCENARIOS), 'utf8')),
    );
    const all = texts.join('\n');
    const misuses = /of \[('.*')\]/.exec(all)?.[1] ?? '';
    for (const item of SELFTEST_CASES) {
      if (!('until' in item) || item.until !== 'scenario') continue;
      const isMisuse = misuses.includes(`'${item.name.replace('channel-', '')}'`);
      expect(all.includes(`'${item.name}'`) || isMisuse, item.name).to.equal(true);
    }
    // A case with several tests has its name in front of their titles.
    const titles = [...all.matchAll(/\bit\(['`]([^' `$]+)['` ]/g)].map((match) => match[1]);
    expect(names).to.include.members([...new Set(titles)]);
  });

  it('know panics by the lines on which the saboteur has them', () => {
    const guests = SELFTEST_CASES.filter((item) => item.kind === 'guest');
    const panics = guests.flatMap(({ setting, expected }) => [
      ...(setting.knownPanic === undefined ? [] : [setting.knownPanic]),
      ...(expected.judgement?.unlisted ?? []),
    ]);
    expect(panics).to.have.length(2);
    for (const { message, place } of panics) {
      const [path = '', line] = place.split(':');
      const source = readFileSync(new URL(path, GUEST), 'utf8').split('\n');
      expect(source[Number(line) - 1], place).to.contain(`panic!("${message}")`);
    }
  });

  it('are those that docs/selftest.md lists', () => {
    const rows = SELFTEST_CASES.map(
      (item) =>
        `| \`${item.name}\` | ${item.breaks} | ${describeExpected(item)} | ${item.isExtra ? 'with `--all`' : 'always'} |`,
    );
    const table = ['| case | what is broken | must end in | runs |', '|---|---|---|---|', ...rows];
    const manual = readFileSync(MANUAL, 'utf8');
    const updated = manual.replace(/^\| case \|[\s\S]*?\n(?=\n)/m, `${table.join('\n')}\n`);
    if (process.argv.includes('--update')) writeFileSync(MANUAL, updated);
    expect(readFileSync(MANUAL, 'utf8')).to.contain(`${table.join('\n')}\n`);
  });
});
