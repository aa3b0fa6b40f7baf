import { EmptySchema } from '@bufbuild/protobuf/wkt';
import { expect } from 'chai';
import { type Agent, CallTimeout, ChannelLost } from '../agent.ts';
import { failureOf } from '../testing/failure-of.ts';
import { type ScriptedAgent, startScriptedAgent } from '../testing/scripted-agent.ts';
import { connectKataAgent } from './adapter.ts';
import * as wire from './generated/agent_pb.js';
import * as health from './generated/health_pb.js';

/** The calls without a result: how a scenario makes them, and what the agent must receive. */
const commands = [
  {
    make: (agent: Agent) => agent.createSandbox({ id: 's1' }),
    name: 'CreateSandbox',
    schema: wire.CreateSandboxRequestSchema,
    told: { sandboxId: 's1', hostname: 's1' },
  },
  {
    make: (agent: Agent) => agent.destroySandbox(),
    name: 'DestroySandbox',
    schema: wire.DestroySandboxRequestSchema,
    told: {},
  },
  {
    make: (agent: Agent) => agent.createContainer({ id: 'c1', arguments: ['workload'] }),
    name: 'CreateContainer',
    schema: wire.CreateContainerRequestSchema,
    told: { containerId: 'c1', execId: 'c1' },
  },
  {
    make: (agent: Agent) => agent.startContainer('c1'),
    name: 'StartContainer',
    schema: wire.StartContainerRequestSchema,
    told: { containerId: 'c1' },
  },
  {
    make: (agent: Agent) => agent.removeContainer('c1'),
    name: 'RemoveContainer',
    schema: wire.RemoveContainerRequestSchema,
    told: { containerId: 'c1', timeout: 0 },
  },
  {
    make: (agent: Agent) => agent.updateContainer('c1', { pids: { limit: 3 } }),
    name: 'UpdateContainer',
    schema: wire.UpdateContainerRequestSchema,
    told: { containerId: 'c1' },
  },
  {
    make: (agent: Agent) => agent.pauseContainer('c1'),
    name: 'PauseContainer',
    schema: wire.PauseContainerRequestSchema,
    told: { containerId: 'c1' },
  },
  {
    make: (agent: Agent) => agent.resumeContainer('c1'),
    name: 'ResumeContainer',
    schema: wire.ResumeContainerRequestSchema,
    told: { containerId: 'c1' },
  },
  {
    make: (agent: Agent) => agent.signalContainer('c1', 'SIGKILL'),
    name: 'SignalProcess',
    schema: wire.SignalProcessRequestSchema,
    told: { containerId: 'c1', execId: '', signal: 9 },
  },
  {
    make: (agent: Agent) => agent.signalProcess({ container: 'c1' }, 'SIGTERM'),
    name: 'SignalProcess',
    schema: wire.SignalProcessRequestSchema,
    told: { containerId: 'c1', execId: 'c1', signal: 15 },
  },
  {
    make: (agent: Agent) =>
      agent.execProcess({ container: 'c1', process: 'p1', arguments: ['workload'] }),
    name: 'ExecProcess',
    schema: wire.ExecProcessRequestSchema,
    told: { containerId: 'c1', execId: 'p1' },
  },
  {
    make: (agent: Agent) => agent.closeStdin({ container: 'c1', process: 'p1' }),
    name: 'CloseStdin',
    schema: wire.CloseStdinRequestSchema,
    told: { containerId: 'c1', execId: 'p1' },
  },
] as const;

describe('kata adapter', () => {
  let peer: ScriptedAgent;
  let agent: Agent;

  beforeEach(async () => {
    peer = await startScriptedAgent();
    agent = connectKataAgent({ socketPath: peer.socketPath, limits: { callTimeoutMs: 60_000 } });
  });

  afterEach(async () => {
    await agent[Symbol.asyncDispose]();
    await peer[Symbol.asyncDispose]();
  });

  for (const { make, name, schema, told } of commands) {
    it(`sends ${name} with ${JSON.stringify(told)}`, async () => {
      const done = make(agent);
      const call = await peer.nextCall();
      expect(call.name).to.equal(`grpc.AgentService/${name}`);
      expect(call.read(schema)).to.include(told);
      call.answer(EmptySchema, {});
      expect(await done).to.equal(undefined);
    });
  }

  it('reads health, version and details', async () => {
    const status = agent.check();
    const { SERVING } = health.HealthCheckResponse_ServingStatus;
    const check = await peer.nextCall();
    expect(check.name).to.equal('grpc.Health/Check');
    check.answer(health.HealthCheckResponseSchema, { status: SERVING });
    expect(await status).to.equal('serving');

    const version = agent.version();
    const answer = { grpcVersion: '0.0.1', agentVersion: '3.10.1' };
    (await peer.nextCall()).answer(health.VersionCheckResponseSchema, answer);
    expect(await version).to.deep.equal({ agent: '3.10.1', protocol: '0.0.1' });

    const details = agent.details();
    (await peer.nextCall()).answer(wire.GuestDetailsResponseSchema, {
      agentDetails: { version: '3.10.1', initDaemon: true, extraFeatures: ['guarded'] },
    });
    expect(await details).to.deep.equal({
      version: '3.10.1',
      isInit: true,
      supportsSeccomp: false,
      deviceHandlers: [],
      storageHandlers: [],
      features: ['guarded'],
    });
  });

  it('sends only the resources that an update names', async () => {
    const done = agent.updateContainer('c1', { pids: { limit: 3 } });
    const call = await peer.nextCall();
    const { resources } = call.read(wire.UpdateContainerRequestSchema);
    expect(resources?.Pids?.Limit).to.equal(3n);
    expect([resources?.CPU, resources?.Memory]).to.deep.equal([undefined, undefined]);
    call.answer(EmptySchema, {});
    await done;
  });

  it('reads statistics as plain numbers', async () => {
    const stats = agent.containerStats('c1');
    (await peer.nextCall()).answer(wire.StatsContainerResponseSchema, {
      cgroupStats: { pidsStats: { current: 2n, limit: 10n } },
    });
    expect(await stats).to.deep.equal({ pids: { current: 2, limit: 10 } });
  });

  it('sends input to a process', async () => {
    const written = agent.writeStdin({ container: 'c1', process: 'p1' }, Buffer.from('in'));
    const write = await peer.nextCall();
    const request = write.read(wire.WriteStreamRequestSchema);
    expect([request.execId, Buffer.from(request.data).toString()]).to.deep.equal(['p1', 'in']);
    write.answer(wire.WriteStreamResponseSchema, { len: 2 });
    expect(await written).to.equal(2);
  });

  it('waits for the end of a process and for an OOM kill', async () => {
    const exit = agent.waitProcess({ container: 'c1', process: 'p1' });
    (await peer.nextCall()).answer(wire.WaitProcessResponseSchema, { status: 137 });
    expect(await exit).to.equal(137);
    const oom = agent.nextOomEvent();
    (await peer.nextCall()).answer(wire.OOMEventSchema, { containerId: 'c1' });
    expect(await oom).to.equal('c1');
  });

  it('causes no unhandled rejection if a test fails before it awaits such a wait', async () => {
    const unhandled: unknown[] = [];
    const listener = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', listener);
    try {
      const waits = [agent.waitProcess({ container: 'c1' }), agent.nextOomEvent()];
      await agent[Symbol.asyncDispose]();
      // Unhandled rejections are reported after the microtasks.
      await new Promise((resolve) => setImmediate(resolve));
      expect(unhandled).to.deep.equal([]);
      for (const { status } of await Promise.allSettled(waits)) {
        expect(status).to.equal('rejected');
      }
    } finally {
      process.off('unhandledRejection', listener);
    }
  });

  it('accepts a limit and a signal per call', async () => {
    const patient = failureOf(agent.check());
    expect(await failureOf(agent.check({ timeoutMs: 20 }))).to.be.instanceOf(CallTimeout);
    const signal = AbortSignal.abort('enough');
    expect(await failureOf(agent.check({ signal }))).to.equal('enough');
    await agent[Symbol.asyncDispose]();
    expect(await patient).to.be.instanceOf(ChannelLost);
  });
});
