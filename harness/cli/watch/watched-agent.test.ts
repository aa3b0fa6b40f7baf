import { resolve } from 'node:path';
import { expect } from 'chai';
import { UsageError } from '../../errors.ts';
import type { Matrix } from '../../matrix/matrix.ts';
import { parseMatrix } from '../../matrix/parse.ts';
import { selectCells } from '../../matrix/select.ts';
import { checkIsThere, chooseAgent } from './watched-agent.ts';

const MATRIX = `kernels:
  debian-6.12: { debian: { suite: bookworm, series: "6.12" } }
cgroups: [v1, v2]
agents:
  guarded: { reference: { guard: on } }
  unguarded: { reference: { guard: off } }
  mine: { kata: { path: target/agent, arguments: ["--fast"] } }
exclude:
  - { cgroup: v2, agent: mine }
profiles:
  quick: { select: [{ cgroup: v1, agent: unguarded }] }
`;
const REFERENCE = '/kmx/agent';

describe('The agent that is watched', () => {
  const matrix = readMatrix();
  const idsOf = (word: string, only: readonly string[] = []) => {
    const chosen = chooseAgent(word, matrix, REFERENCE);
    const { cells } = selectCells(chosen.matrix, { profile: 'all', only });
    return cells.map(({ id }) => id);
  };

  it('is one of the matrix, by its name, with its arguments and exclusions', () => {
    const { file, matrix: own } = chooseAgent('mine', matrix, REFERENCE);
    expect(file).to.equal(resolve('target/agent'));
    expect(own.agents.get('mine')).to.equal(matrix.agents.get('mine'));
    expect(idsOf('mine')).to.deep.equal(['debian-6.12+default+v1+mine']);
  });

  it('is one of the matrix, by its file, however that is written', () => {
    expect(idsOf('./target/../target/agent')).to.deep.equal(['debian-6.12+default+v1+mine']);
  });

  it('is the reference agent with each guard, by its file', () => {
    expect(idsOf(REFERENCE, ['v1'])).to.deep.equal([
      'debian-6.12+default+v1+guarded',
      'debian-6.12+default+v1+unguarded',
    ]);
    expect(chooseAgent('guarded', matrix, REFERENCE).file).to.equal(REFERENCE);
  });

  it('may be another file, which takes the place of all agents', () => {
    const { file, matrix: own } = chooseAgent('build/Kata Agent', matrix, REFERENCE);
    expect(own.agents.get('kata-agent')).to.deep.include({ kind: 'kata', path: file });
    expect(idsOf('build/Kata Agent')).to.deep.equal([
      'debian-6.12+default+v1+kata-agent',
      'debian-6.12+default+v2+kata-agent',
    ]);
    // The profile names an agent, too.
    expect(selectCells(own).cells.map(({ id }) => id)).to.deep.equal([
      'debian-6.12+default+v1+kata-agent',
    ]);
  });

  it('must be there, or the error says what else could be meant', () => {
    const error = (word: string) => {
      const chosen = chooseAgent(word, matrix, '/');
      return expect(() => checkIsThere(word, chosen, matrix));
    };
    error('guarded').not.to.throw();
    error('mine').to.throw(
      UsageError,
      /--agent mine: expected its file .*target\/agent, found none/,
    );
    error('gaurded')
      .to.throw(UsageError, 'expected a file or the name of an agent, found neither')
      .with.property('remedy', 'did you mean "guarded"?');
  });

  it('has a name whatever its file is called', () => {
    expect(idsOf('/tmp/__', ['v1'])).to.deep.equal(['debian-6.12+default+v1+agent']);
  });
});

function readMatrix(): Matrix {
  const parsed = parseMatrix(MATRIX, { file: 'matrix.yaml' });
  if (!parsed.isValid) throw new Error(JSON.stringify(parsed.problems));
  return parsed.matrix;
}
