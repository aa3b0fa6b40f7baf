import { fromBinary } from '@bufbuild/protobuf';
import { expect } from 'chai';
import { CreateContainerRequestSchema } from '../agents/kata/generated/agent_pb.js';
import type { TracedCall } from '../trace/traced-call.ts';
import { recordCalls } from './recorded-calls.ts';

const begin = (number: number, call: string, request?: TracedCall['request']): TracedCall => ({
  ...{ number, call, atMs: 0, state: 'begin' },
  ...(request === undefined ? {} : { request }),
});
const end = (number: number, state: 'answered' | 'refused' | 'timeout'): TracedCall => ({
  ...{ number, call: '', atMs: 0, state, afterMs: 0 },
});

describe('the recorded calls of a test', () => {
  it('have the bytes of their requests, and the service that takes them', () => {
    const request = { containerId: 'c1', OCI: { Version: '1.0' } };
    const [create, check] = recordCalls([
      begin(1, 'CreateContainer', request),
      end(1, 'refused'),
      begin(2, 'Check', {}),
      end(2, 'answered'),
    ]);
    expect(create).to.include({ service: 'grpc.AgentService', method: 'CreateContainer' });
    expect(create).to.include({ number: 1, recorded: 'refused' });
    const bytes = Buffer.from(create?.payload ?? '', 'base64');
    expect(fromBinary(CreateContainerRequestSchema, bytes)).to.include({ containerId: 'c1' });
    expect(check).to.deep.equal({
      ...{ number: 2, service: 'grpc.Health', method: 'Check', payload: '' },
      ...{ after: [1], recorded: 'answered' },
    });
  });

  it('wait for those that had ended, and not for those that had not', () => {
    const calls = recordCalls([
      begin(1, 'CreateContainer', {}),
      end(1, 'answered'),
      begin(2, 'WaitProcess', {}),
      begin(3, 'SignalProcess', {}),
      end(3, 'answered'),
      end(2, 'answered'),
      begin(4, 'RemoveContainer', {}),
    ]);
    expect(calls.map(({ number, after }) => [number, after])).to.deep.equal([
      [1, []],
      [2, [1]],
      [3, [1]],
      [4, [1, 2, 3]],
    ]);
  });

  it('without an answer are lost, and those without a request cannot be made again', () => {
    const calls = recordCalls([
      begin(1, 'waiting for output'),
      end(1, 'answered'),
      begin(2, 'StartContainer', {}),
    ]);
    expect(calls).to.have.length(1);
    expect(calls[0]).to.deep.include({ number: 2, after: [], recorded: 'lost' });
  });
});
