import { create, toBinary } from '@bufbuild/protobuf';
import { expect } from 'chai';
import { AgentError } from '../agent.ts';
import { decodeResponse, isTimeLimitAnswer } from './call.ts';
import * as health from './generated/health_pb.js';
import { Code, ResponseSchema, StatusSchema } from './generated/ttrpc_pb.js';

const { check } = health.Health.method;

function errorOf(data: Uint8Array): AgentError {
  try {
    decodeResponse(check, data);
  } catch (error) {
    if (error instanceof AgentError) return error;
    throw error;
  }
  throw new Error('Expected an AgentError, got none');
}

describe('an answer of an agent', () => {
  it('does not keep unknown fields', () => {
    // Field 15 with the value 0, over and over.
    const unknown = Buffer.alloc(4 * 1024 * 1024, Buffer.from([0x78, 0]));
    const known = toBinary(
      health.HealthCheckResponseSchema,
      create(health.HealthCheckResponseSchema, { status: 1 }),
    );
    const payload = Buffer.concat([known, unknown.subarray(0, 100)]);
    const response = toBinary(ResponseSchema, create(ResponseSchema, { payload }));
    const answer = decodeResponse(check, Buffer.concat([response, unknown]));
    expect(answer.status).to.equal(1);
    expect(answer.$unknown).to.equal(undefined);
  });

  it('limits the length of an error message', () => {
    const status = create(StatusSchema, { code: Code.INTERNAL, message: 'x'.repeat(2_400_000) });
    const error = errorOf(toBinary(ResponseSchema, create(ResponseSchema, { status })));
    expect(error.code).to.equal('INTERNAL');
    expect(error.reason).to.have.length(16 * 1024);
  });

  it('says that the agent’s time limit is over, or something else', () => {
    const answer = (code: Code): Uint8Array =>
      toBinary(ResponseSchema, create(ResponseSchema, { status: { code, message: 'timeout' } }));
    expect(isTimeLimitAnswer('Check', answer(Code.DEADLINE_EXCEEDED))).to.equal(true);
    expect(isTimeLimitAnswer('Check', answer(Code.INTERNAL))).to.equal(false);
    expect(isTimeLimitAnswer('Check', Buffer.alloc(100, 0x7b))).to.equal(false);
  });

  it('is malformed if it nests groups endlessly', () => {
    expect(errorOf(Buffer.alloc(4 * 1024 * 1024, 0x7b)).code).to.equal('MALFORMED_ANSWER');
  });
});
