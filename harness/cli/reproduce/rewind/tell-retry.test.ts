import { expect } from 'chai';
import type { Original } from '../../../reproduce/original.ts';
import type { RepeatableCall } from '../../../trace/repeatable-calls.ts';
import type { Decision } from '../../../verdict/decide.ts';
import { tellRetry } from './tell-retry.ts';

const ORIGINAL: Original = {
  from: { kind: 'expectation', file: 'expectations.yaml', line: 1 },
  ...{ cell: 'a cell', test: { file: 'a.spec.ts', title: 'one' }, verdict: 'hang' },
  signatures: ['s2-1'],
};
const call = (recorded: RepeatableCall['recorded']): RepeatableCall => ({
  ...{ number: 3, call: 'UpdateContainer', request: {}, after: [], recorded },
});
const tell = (
  decision: Omit<Decision, 'findings'>,
  recorded: RepeatableCall['recorded'] = 'lost',
) => tellRetry(ORIGINAL, call(recorded), { findings: [], ...decision }).line;

describe('what came of a call that was made once more', () => {
  it('is compared with how the test has failed', () => {
    expect(tell({ verdict: 'hang', signature: 's2-1' })).to.equal('same signature');
    expect(tell({ verdict: 'fail', signature: 's2-2', detail: { message: 'refused' } })).to.equal(
      'different: fail refused',
    );
    expect(tell({ verdict: 'miss', detail: { message: 'QEMU died' } })).to.equal(
      'not measured: miss QEMU died',
    );
    expect(tell({ verdict: 'pass' })).to.equal(
      'did not happen: call 3 UpdateContainer was answered',
    );
  });

  it('says nothing about an assertion of the test, which does not run again', () => {
    expect(tell({ verdict: 'pass' }, 'answered')).to.equal(
      'call 3 UpdateContainer was answered, as in the test; what the test checked then is not repeated',
    );
  });
});
