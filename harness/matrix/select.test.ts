import { expect } from 'chai';
import { UsageError } from '../errors.ts';
import type { Matrix } from './matrix.ts';
import { filterCells } from './only.ts';
import { parseMatrix } from './parse.ts';
import { type PlanOptions, selectCells } from './select.ts';
import { testCell } from './testing/test-cell.ts';

const PROFILES = `
profiles:
  quick:
    select:
      - { kernel: debian-6.1, cgroup: v1, scenarios: [cpu/**] }
      - { kernel: debian-6.1, config: default, scenarios: [memory/**, cpu/**] }
      - { kernel: debian-6.12, agent: guarded, scenarios: [cpu/**] }
      - { kernel: debian-6.12, agent: guarded, cgroup: v1 }
  nightly: {}
`;

function matrixOf(profiles = PROFILES, kernels = ''): Matrix {
  const parsed = parseMatrix(
    `
kernels:
  debian-6.1: { path: { image: x } }
  debian-6.12: { path: { image: x } }
  debian-7.3: { path: { image: x } }${kernels}
agents: { guarded: { reference: { guard: on } }, unguarded: { reference: { guard: off } } }
exclude: [{ kernel: debian-7.3, cgroup: v1 }]
${profiles}`,
    { file: 'matrix.yaml' },
  );
  if (!parsed.isValid) throw new Error(JSON.stringify(parsed.problems));
  return parsed.matrix;
}

const idsOf = (options: PlanOptions, matrix = matrixOf()) =>
  selectCells(matrix, options).cells.map(({ id }) => id);

function refusalOf(options: PlanOptions): UsageError {
  try {
    selectCells(matrixOf(), options);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('the plan was made');
}

describe('a plan', () => {
  it('has every kernel from the sources that a profile names, unless it names some of them', () => {
    const matrix = matrixOf(
      `
profiles:
  built: { select: [{ kernel_source: source, cgroup: v1, agent: guarded }] }
  some: { select: [{ kernel_source: [source, url], kernel: [debian-6.1, built-7.3], cgroup: v2, agent: guarded }] }
`,
      `
  built-6.12: { source: { tree: linux } }
  built-7.3: { source: { tree: linux } }`,
    );
    expect(idsOf({ profile: 'built' }, matrix)).to.deep.equal([
      'built-6.12+default+v1+guarded',
      'built-7.3+default+v1+guarded',
    ]);
    expect(idsOf({ profile: 'some' }, matrix)).to.deep.equal(['built-7.3+default+v2+guarded']);
  });

  it('has the cells of the profile quick unless told otherwise, with the scenarios of each', () => {
    const { profile, cells } = selectCells(matrixOf());
    expect(profile).to.equal('quick');
    expect(cells.map(({ id, scenarios }) => [id, scenarios])).to.deep.equal([
      ['debian-6.1+default+v1+guarded', ['cpu/**', 'memory/**']],
      ['debian-6.1+default+v1+unguarded', ['cpu/**', 'memory/**']],
      ['debian-6.1+default+v2+guarded', ['memory/**', 'cpu/**']],
      ['debian-6.1+default+v2+unguarded', ['memory/**', 'cpu/**']],
      ['debian-6.12+default+v1+guarded', undefined],
      ['debian-6.12+default+v2+guarded', ['cpu/**']],
    ]);
  });

  it('has every cell that is not excluded for a profile that selects nothing in particular', () => {
    const { profile, cells } = selectCells(matrixOf(), { profile: 'nightly' });
    expect(profile).to.equal('nightly');
    expect(cells).to.have.length(10);
    expect(cells.every((cell) => !('scenarios' in cell))).to.equal(true);
  });

  it('has every cell for "all", and for a matrix without the profile quick', () => {
    expect(idsOf({ profile: 'all' })).to.have.length(10);
    const plan = selectCells(matrixOf('profiles: { small: { select: [{ cgroup: v1 }] } }'));
    expect(plan.profile).to.equal('all');
    expect(plan.cells).to.have.length(10);
    const own = matrixOf('profiles: { all: { select: [{ kernel: debian-7.3 }] } }');
    expect(idsOf({ profile: 'all' }, own)).to.have.length(2);
  });

  it('refuses an unknown profile and suggests a known one', () => {
    const refusal = refusalOf({ profile: 'nigthly' });
    expect(refusal.code).to.equal('UNKNOWN_PROFILE');
    expect(refusal.message).to.equal('there is no profile "nigthly"');
    expect(refusal.remedy).to.contain('did you mean "nightly"?').and.to.contain('"all"');
  });
});

describe('--only', () => {
  const only = (...words: string[]) => idsOf({ profile: 'all', only: words });

  it('takes a name of an axis as exactly that name, not as a part of others', () => {
    expect(only('guarded')).to.have.length(5);
    expect(only('debian-6.1')).to.have.length(4);
    expect(only('v1')).to.deep.equal(idsOf({ profile: 'all', only: ['+v1+'] }));
  });

  it('takes the name of a machine, whether or not ids have it', () => {
    const machines = `
machines: { qemu: { qemu: {} }, qemu-10: { qemu: { in: container } }, container: { container: {} } }
profiles:
  plain: { select: [{ machine: qemu, cgroup: v1 }] }
`;
    const matrix = matrixOf(machines);
    expect(idsOf({ only: ['qemu', '6.1', 'v1'] }, matrix)).to.deep.equal([
      'debian-6.1+default+v1+guarded',
      'debian-6.1+default+v1+unguarded',
    ]);
    expect(idsOf({ only: ['qemu-10', '6.1', 'v1', 'guarded'] }, matrix)).to.deep.equal([
      'debian-6.1+default+v1+guarded+qemu-10',
    ]);
    expect(idsOf({ profile: 'plain' }, matrix)).to.have.length(4);
    expect(idsOf({ profile: 'plain' }, matrix).join()).not.to.contain('qemu-10');
    expect(() => selectCells(matrix, { only: ['container'] })).to.throw(
      'no cell matches --only "container"',
    );
  });

  it('takes any other word as a part of a cell id, but no number apart', () => {
    expect(only('6.1')).to.deep.equal(only('debian-6.1'));
    expect(only('6')).to.have.length(8);
    expect(only('6.12+default+v2')).to.have.length(2);
    expect(only('deb')).to.have.length(10);
  });

  it('takes a word with * as a pattern of the whole cell id', () => {
    expect(only('*6.12*+v1+*')).to.deep.equal([
      'debian-6.12+default+v1+guarded',
      'debian-6.12+default+v1+unguarded',
    ]);
    expect(only('*6.1+*')).to.have.length(4);
    expect(only('*')).to.have.length(10);
  });

  it('takes no more than linear time for a word with many stars', () => {
    const cell = testCell({ kernel: 'a'.repeat(200) });
    expect(filterCells([cell], ['a*a*a*a*a*a*a*a*b'], matrixOf())).to.deep.equal([]);
  });

  it('keeps the cells that match all of several words', () => {
    expect(only('6.12', 'v1', 'unguarded')).to.deep.equal(['debian-6.12+default+v1+unguarded']);
  });

  it('keeps within the profile, with its scenarios', () => {
    expect(selectCells(matrixOf(), { only: ['6.12', 'v2'] }).cells).to.deep.equal([
      {
        id: 'debian-6.12+default+v2+guarded',
        kernel: 'debian-6.12',
        config: 'default',
        cgroup: 'v2',
        agent: 'guarded',
        machine: 'qemu',
        machineKind: 'qemu',
        agentKind: 'reference',
        scenarios: ['cpu/**'],
      },
    ]);
  });

  it('refuses a word that no cell of the matrix has, and lists near names', () => {
    const refusal = refusalOf({ only: ['v1', '6.13'] });
    expect(refusal.code).to.equal('ONLY_MATCHES_NOTHING');
    expect(refusal.message).to.equal('no cell matches --only "6.13"');
    expect(refusal.remedy).to.contain('"debian-6.12"');
    expect(refusalOf({ only: ['unguardet'] }).remedy).to.contain('did you mean "unguarded"?');
    expect(refusalOf({ only: ['(.*+'] }).remedy).to.contain('debian-6.1+default+v1+guarded');
  });

  it('says which profiles have the cells that the chosen one lacks', () => {
    const refusal = refusalOf({ only: ['7.3'] });
    expect(refusal.message).to.equal('no cell of the profile "quick" matches --only "7.3"');
    expect(refusal.remedy).to.contain('--profile nightly');
  });

  it('says so if each word matches something, but nothing matches all', () => {
    const refusal = refusalOf({ only: ['v1', 'v2'] });
    expect(refusal.message).to.equal('no cell matches --only "v1" --only "v2"');
    expect(refusal.remedy).to.contain('give fewer words');
  });
});
