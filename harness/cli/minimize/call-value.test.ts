import { expect } from 'chai';
import type { JsonValue } from '../../minimize/json-tree.ts';
import type { RepeatableCall } from '../../trace/repeatable-calls.ts';
import { callsOfValue, valueOfCalls } from './call-value.ts';

const CALLS: readonly RepeatableCall[] = [
  {
    ...{ number: 1, call: 'CreateContainer', after: [], recorded: 'answered' },
    request: { containerId: 'c1', OCI: { Linux: { Resources: { CPU: { Quota: '50000' } } } } },
  },
  {
    ...{ number: 3, call: 'StartContainer', after: [1], recorded: 'lost' },
    request: { containerId: 'c1' },
  },
];
const VALUE = {
  1: { CreateContainer: CALLS[0]?.request },
  3: { StartContainer: { containerId: 'c1' } },
};

describe('the calls of a test as a value', () => {
  it('lead back to the same calls, and to fewer where some are left out', () => {
    const value = valueOfCalls(CALLS);
    expect(value).to.deep.equal(VALUE);
    expect(callsOfValue(value, CALLS)).to.deep.equal(CALLS);
    expect(callsOfValue({ 3: { StartContainer: {} } }, CALLS)).to.deep.equal([
      { ...CALLS[1], request: {} },
    ]);
  });

  it('are none where nothing could be sent', () => {
    const create = (request: JsonValue) => ({ 1: { CreateContainer: request } });
    const values: JsonValue[] = [{}, { 1: {} }, create([]), create({ OCI: { Mounts: [''] } })];
    for (const value of values) {
      expect(callsOfValue(value, CALLS), JSON.stringify(value)).to.equal(undefined);
    }
  });
});
