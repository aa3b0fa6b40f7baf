import { expect } from 'chai';
import { probedFacts } from '../testing/probed-facts.ts';
import { type CellWithFacts, factColumns } from './fact-column.ts';

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const cell = (kernel: string, config: string, release: string, digit?: string): CellWithFacts => ({
  kernel,
  config,
  ...(digit === undefined
    ? {}
    : { facts: { release, cmdline: `config=${config}`, probed: digest(digit) } }),
});
const REPORTED = ['1', '2', '3'].map((digit) => ({ digest: digest(digit), ...probedFacts() }));
const namesOf = (cells: readonly CellWithFacts[]): readonly string[] =>
  factColumns(cells, REPORTED).map(({ name }) => name);

describe('columns of facts', () => {
  it('are kernels by release, as numbers, whatever the order of the cells', () => {
    expect(
      namesOf([
        cell('new', 'default', '6.12.3-cloud', '2'),
        cell('old', 'default', '6.2.10', '1'),
        cell('own', 'default', 'built-here', '3'),
        cell('newer', 'default', '6.12.10-cloud', '2'),
      ]),
    ).to.deep.equal(['own', 'old', 'new', 'newer']);
  });

  it('are one for all configs whose guests say the same, and name those that do not', () => {
    const [plain, other, ...rest] = factColumns(
      [
        cell('k', 'quiet', '6.1.0', '1'),
        cell('k', 'none', '6.1.0', '2'),
        cell('k', 'default', '6.1.0', '1'),
        cell('k', 'less', '6.1.0', '2'),
      ],
      REPORTED,
    );
    expect(plain).to.deep.include({ name: 'k', configs: ['quiet', 'default'] });
    expect(other).to.deep.include({ name: 'k +none +less', cmdline: 'config=none' });
    expect(rest).to.deep.equal([]);
  });

  it('name the config if no guest with the default one came up', () => {
    const names = namesOf([cell('k', 'default', '6.1.0'), cell('k', 'none', '6.1.0', '2')]);
    expect(names).to.deep.equal(['k +none']);
    expect(namesOf([cell('k', 'none', '6.1.0', '2')])).to.deep.equal(['k']);
  });

  it('have different names if guests of one config do not say the same', () => {
    const names = namesOf(['1', '2', '3'].map((digit) => cell('k', 'default', '6.1.0', digit)));
    expect(names).to.deep.equal(['k', 'k +default', 'k +default #3333']);
  });

  it('are those of each build of a kernel', () => {
    const builds = ['v1-off', 'v1-on'].map((config, at) => {
      return { ...cell('own', config, '6.12.3', `${at + 1}`), build: `own+${config}` };
    });
    const columns = factColumns([cell('own', 'default', '6.12.3', '3'), ...builds], REPORTED);
    expect(columns.map(({ name, kernel }) => [name, kernel])).to.deep.equal([
      ['own', 'own'],
      ['own+v1-off', 'own+v1-off'],
      ['own+v1-on', 'own+v1-on'],
    ]);
  });

  it('are left out for cells of which nothing is known', () => {
    const unknown = cell('k', 'default', '6.1.0', '9');
    expect(namesOf([unknown, cell('k', 'default', '6.1.0')])).to.deep.equal([]);
  });
});
