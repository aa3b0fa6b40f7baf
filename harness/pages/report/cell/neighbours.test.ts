import { expect } from 'chai';
import { createSampleReport } from '../../testing/sample-report.ts';
import { neighboursOf } from './neighbours.ts';

describe('The facts of a cell beside those of its neighbours', () => {
  const report = createSampleReport();
  const neighbours = neighboursOf(report);
  const factsOf = (id: string) => {
    const cell = report.cells.find((one) => one.id === id);
    if (cell === undefined) throw new Error(`Expected a cell ${id}`);
    return new Map(neighbours.factsOf(cell).map((fact) => [fact.name, fact]));
  };

  it('say what cells have in its place that differ in one axis alone', () => {
    const fact = factsOf('debian-6.12+default+v1+guarded').get('v1 cpuset');
    expect(fact?.value).to.equal('EINVAL');
    expect(fact?.elsewhere).to.deep.equal([{ value: 'ok', where: ['debian-6.1'] }]);
  });

  it('call it no news that another kernel has another release', () => {
    const fact = factsOf('debian-6.12+default+v1+guarded').get('release');
    expect(fact?.elsewhere).to.deep.equal([]);
  });

  it('compare nothing with a cell that never came up', () => {
    const [bootless] = report.cells.filter(({ facts }) => facts === undefined);
    const all = bootless === undefined ? [] : neighbours.factsOf(bootless);
    expect(all.flatMap(({ elsewhere }) => elsewhere)).to.deep.equal([]);
  });
});
