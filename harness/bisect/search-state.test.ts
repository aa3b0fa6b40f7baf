import { expect } from 'chai';
import fc from 'fast-check';
import { formatState, parseState, type SearchState } from './search-state.ts';

const STATE: SearchState = {
  version: 2,
  kind: 'bisect',
  asked: {
    matrix: 'matrix.yaml',
    from: 'a',
    to: 'b',
    test: [':CPU quota'],
    expectFail: false,
    passes: 1,
    repeat: 1,
  },
  inputs: { 'scenarios/': 'sha256:00' },
  signature: 's2-0123456789ab',
  steps: [
    {
      key: 'sha256:11',
      name: 'step-1',
      changes: 3,
      outcome: 'bad',
      verdict: 'agent-panic',
      why: 'panicked',
      folder: 'step-1',
      durationMs: 1200,
    },
  ],
};

describe('state of a search', () => {
  it('is read as it was written', () => {
    expect(parseState(JSON.parse(formatState(STATE)))).to.deep.equal(STATE);
  });

  it('says where it is not what was written', () => {
    expect(parseState({ ...STATE, version: 7 })).to.deep.equal({
      fault: 'expected version 2, found 7',
    });
    const steps = STATE.steps.map((step) => ({ ...step, outcome: 'fine' }));
    expect(parseState({ ...STATE, steps }))
      .to.have.property('fault')
      .that.includes('steps.0.outcome');
  });

  it('refuses whatever is not the state of a search', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (content) => {
        expect(parseState(content)).to.have.property('fault');
      }),
    );
  });
});
