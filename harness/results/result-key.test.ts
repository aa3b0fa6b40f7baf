import { expect } from 'chai';
import { testCell } from '../matrix/testing/test-cell.ts';
import { type ResultInputs, resultKey } from './result-key.ts';

const inputs: ResultInputs = {
  guestDigest: 'sha256:guest',
  cell: testCell({ kernel: 'k', config: 'c', cgroup: 'v1', agent: 'a' }),
  limits: {
    bootTimeoutMs: 60_000,
    callTimeoutMs: 5000,
    testTimeoutMs: 20_000,
    drainTimeoutMs: 500,
    heartbeatTimeoutMs: 3000,
    memoryMib: 256,
    cpus: 2,
    consoleBytes: 1_000_000,
    runLogBytes: 1_000_000_000,
  },
  host: { qemu: '7.2.22', accelerator: 'tcg', node: 'v24.0.0', processor: 'some' },
  codeDigest: 'sha256:code',
};

describe('the key of results', () => {
  it('is the same for the same inputs, in whatever order, and whichever scenarios are chosen', () => {
    const { cell, limits, host } = inputs;
    const turned = <T extends object>(value: T): T =>
      Object.fromEntries(Object.entries(value).reverse()) as T;
    const same = { ...inputs, limits: turned(limits), host: turned(host) };
    expect(resultKey(same)).to.equal(resultKey(inputs));
    const chosen = { ...inputs, cell: { ...cell, scenarios: ['missing/**'] } };
    expect(resultKey(chosen)).to.equal(resultKey(inputs));
  });

  it('differs for another guest (kernel, agent, command line), or other code of ours', () => {
    for (const other of [{ guestDigest: 'sha256:other' }, { codeDigest: 'sha256:other' }]) {
      expect(resultKey({ ...inputs, ...other })).not.to.equal(resultKey(inputs));
    }
  });

  for (const name of Object.keys(inputs.limits) as (keyof ResultInputs['limits'])[]) {
    it(`differs if the limit ${name} does`, () => {
      const limits = { ...inputs.limits, [name]: inputs.limits[name] + 1 };
      expect(resultKey({ ...inputs, limits })).not.to.equal(resultKey(inputs));
    });
  }

  for (const name of Object.keys(inputs.host)) {
    it(`differs if the host's ${name} does`, () => {
      const host = { ...inputs.host, [name]: 'another' };
      expect(resultKey({ ...inputs, host })).not.to.equal(resultKey(inputs));
    });
  }

  for (const axis of ['kernel', 'config', 'cgroup', 'agent'] as const) {
    it(`differs for a cell with another ${axis}, which scenarios can see`, () => {
      const cell = { ...inputs.cell, [axis]: axis === 'cgroup' ? 'v2' : 'other' };
      expect(resultKey({ ...inputs, cell })).not.to.equal(resultKey(inputs));
    });
  }
});
