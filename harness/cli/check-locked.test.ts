import { expect } from 'chai';
import { checkInputs, OtherBuild } from '../kernels/source/pin-build.ts';
import { parseLock } from '../lock/parse.ts';
import { renderLock } from '../lock/render.ts';
import { BUILT, SAMPLE } from '../lock/testing/sample-lock.ts';
import { pointAtBuild } from './check-locked.ts';

const NAME = 'source-6.12+v1-on';

function otherBuild(inputs: Readonly<Record<string, string>>): OtherBuild {
  try {
    checkInputs(NAME, BUILT, { inputs });
  } catch (error) {
    if (error instanceof OtherBuild) return error;
    throw error;
  }
  throw new Error('Expected an error');
}

describe('a kernel that would be built otherwise than the lock says', () => {
  const text = renderLock(SAMPLE, 'matrix.yaml');
  const parsed = parseLock(text);
  if (!parsed.isValid) throw new Error('it has faults');
  const loaded = { ...parsed, file: 'matrix.lock.yaml', text };

  it('is refused with the lines of the lock that name something else', () => {
    const error = otherBuild({ ...BUILT.inputs, compiler: 'gcc 14.2.0' });
    const { code, output = '', remedy } = pointAtBuild(loaded, error);
    const line = text.split('\n').findIndex((one) => one.includes('compiler: gcc')) + 1;
    expect(code).to.equal('LOCK_DIFFERS');
    expect(output).to.match(new RegExp(`^matrix\\.lock\\.yaml:${line}:`));
    expect(output).to.include('inputs: compiler is not the one that the lock names');
    expect(output).to.match(
      /expected: gcc \(Debian 12\.2\.0-14\) 12\.2\.0\n +found: +gcc 14\.2\.0/,
    );
    expect(output).not.to.include('tree');
    expect(remedy).to.include(`kmx kernels lock --update ${NAME}`);
  });

  it('is not one with the same inputs', () => {
    checkInputs(NAME, BUILT, { inputs: BUILT.inputs ?? {} });
  });
});
