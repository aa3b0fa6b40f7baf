import { EmptySchema } from '@bufbuild/protobuf/wkt';
import { expect } from 'chai';
import { UsageError } from '../../errors.ts';
import type { Agent, CallEvent } from '../agent.ts';
import { failureOf } from '../testing/failure-of.ts';
import { type ScriptedAgent, startScriptedAgent } from '../testing/scripted-agent.ts';
import { connectKataAgent } from './adapter.ts';
import * as wire from './generated/agent_pb.js';

describe('a repeated call', () => {
  let peer: ScriptedAgent;
  let agent: Agent;
  let events: CallEvent[];

  beforeEach(async () => {
    peer = await startScriptedAgent();
    events = [];
    agent = connectKataAgent({
      socketPath: peer.socketPath,
      limits: { callTimeoutMs: 60_000 },
      onCall: (event) => void events.push(event),
      trace: true,
    });
  });
  afterEach(async () => {
    await agent[Symbol.asyncDispose]();
    await peer[Symbol.asyncDispose]();
  });

  it('sends what was recorded, byte for byte, and returns the answer as JSON', async () => {
    const resources = { cpu: { shares: 512 }, memory: { limitBytes: 2 ** 40 } };
    const first = agent.createContainer({ id: 'c1', arguments: ['workload'], resources });
    const original = await peer.nextCall();
    original.answer(EmptySchema, {});
    await first;
    const begin = events.find(({ state }) => state === 'begin');
    if (begin?.state !== 'begin' || begin.request === undefined) return expect.fail('no request');
    const recorded = JSON.parse(JSON.stringify(begin.request));
    const again = agent.repeat('CreateContainer', recorded);
    const repeated = await peer.nextCall();
    repeated.answer(EmptySchema, {});
    expect(await again).to.deep.equal({});
    expect(repeated.name).to.equal(original.name);
    const read = (call: typeof original) => call.read(wire.CreateContainerRequestSchema);
    expect(read(repeated)).to.deep.equal(read(original));
    expect(read(repeated).OCI?.Linux?.Resources?.CPU?.Shares).to.equal(512n);
  });

  it('that starts a process has its output read', async () => {
    const started = agent.repeat('StartContainer', { containerId: 'c1' });
    (await peer.nextCall()).answer(EmptySchema, {});
    await started;
    const names = [(await peer.nextCall()).name, (await peer.nextCall()).name];
    expect(names.toSorted()).to.deep.equal([
      'grpc.AgentService/ReadStderr',
      'grpc.AgentService/ReadStdout',
    ]);
    expect(agent.output({ container: 'c1' })).to.include.keys('stdout', 'stderr');
  });

  it('of an unknown name, or with a request that does not fit, is refused before it is sent', async () => {
    const unknown = await failureOf(agent.repeat('CreateContainers', {}));
    expect(unknown).to.be.instanceOf(UsageError).and.to.include({ code: 'CALL_UNKNOWN' });
    expect(unknown).to.have.property('remedy').that.includes('CreateContainer, ');
    const misfit = await failureOf(agent.repeat('CreateContainer', { containerId: 3, OCI: {} }));
    expect(misfit).to.be.instanceOf(UsageError).and.to.include({ code: 'REQUEST_INVALID' });
    expect(misfit)
      .to.have.property('message')
      .that.matches(/CreateContainer: .*container_?[iI]d/);
    const other = await failureOf(agent.repeat('CreateContainer', { memmory: {} }));
    expect(other).to.have.property('message').that.includes('memmory');
    expect(events).to.deep.equal([]);
  });
});
