import { constants } from 'node:os';
import { type Agent, AgentError, type AgentOptions } from '../agent.ts';
import { connectTtrpc } from './connection.ts';
import { AgentService } from './generated/agent_pb.js';
import { Health, HealthCheckResponse_ServingStatus as Status } from './generated/health_pb.js';
import type { KataCall } from './kata-call.ts';
import { processId } from './process-id.ts';
import { createProcessOutputs, type ProcessOutputs } from './process-outputs.ts';
import { adoptProcesses, repeatCall } from './repeat-call.ts';
import { buildProcess, buildResources, buildSpec } from './spec.ts';
import { readStats } from './stats.ts';

/**
 * Any agent that speaks kata-agent's protocol. Connects in the background: the first call reports a
 * problem with the socket.
 */
export function connectKataAgent(agentOptions: AgentOptions): Agent {
  const { socketPath, limits, onCall, trace, beforeCall } = agentOptions;
  const connection = connectTtrpc(socketPath, { onCall, trace });
  const call: KataCall = async (method, request, options) => {
    const held = beforeCall?.();
    if (held !== undefined) await held;
    return await connection.call(method, request, {
      timeoutMs: options?.timeoutMs ?? limits.callTimeoutMs,
      signal: options?.signal,
      sendAfter: options?.sendAfter,
    });
  };
  const outputs = createProcessOutputs(connection, limits.callTimeoutMs);
  return {
    ...agentCalls(call),
    ...containerCalls(call, outputs),
    ...processCalls(call, outputs),
    adopt: (calls) => adoptProcesses(calls, outputs),
    repeat: (name, request, options) => repeatCall(name, request, { call, outputs, options }),
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

const HEALTH = {
  [Status.SERVING]: 'serving',
  [Status.NOT_SERVING]: 'not-serving',
  [Status.UNKNOWN]: 'unknown',
} as const;

function agentCalls(call: KataCall) {
  const { method } = AgentService;
  return {
    async check(options) {
      const { status } = await call(Health.method.check, {}, options);
      return HEALTH[status] ?? 'unknown';
    },
    async version(options) {
      const answer = await call(Health.method.version, {}, options);
      return { agent: answer.agentVersion, protocol: answer.grpcVersion };
    },
    async details(options) {
      const { agentDetails } = await call(method.getGuestDetails, {}, options);
      if (agentDetails === undefined) {
        throw new AgentError(method.getGuestDetails.name, 'MALFORMED_ANSWER', 'no agent_details');
      }
      return {
        version: agentDetails.version,
        isInit: agentDetails.initDaemon,
        supportsSeccomp: agentDetails.supportsSeccomp,
        deviceHandlers: agentDetails.deviceHandlers,
        storageHandlers: agentDetails.storageHandlers,
        features: agentDetails.extraFeatures,
      };
    },
    async createSandbox({ id, hostname }, options) {
      await call(method.createSandbox, { sandboxId: id, hostname: hostname ?? id }, options);
    },
    async destroySandbox(options) {
      await call(method.destroySandbox, {}, options);
    },
    nextOomEvent(options) {
      const event = call(method.getOOMEvent, {}, options);
      return awaitedLater(event.then(({ containerId }) => containerId));
    },
  } satisfies Partial<Agent>;
}

function containerCalls(call: KataCall, outputs: ProcessOutputs) {
  const { method } = AgentService;
  return {
    async createContainer(spec, options) {
      const request = { containerId: spec.id, execId: spec.id, OCI: buildSpec(spec) };
      await call(method.createContainer, request, options);
    },
    async startContainer(containerId, options) {
      await call(method.startContainer, { containerId }, options);
      outputs.begin({ container: containerId });
    },
    async removeContainer(containerId, options) {
      outputs.expectRemoval(containerId);
      await call(method.removeContainer, { containerId }, options);
    },
    async updateContainer(containerId, resources, options) {
      const request = { containerId, resources: buildResources(resources) };
      await call(method.updateContainer, request, options);
    },
    async containerStats(containerId, options) {
      return readStats(await call(method.statsContainer, { containerId }, options));
    },
    async pauseContainer(containerId, options) {
      await call(method.pauseContainer, { containerId }, options);
    },
    async resumeContainer(containerId, options) {
      await call(method.resumeContainer, { containerId }, options);
    },
    async signalContainer(containerId, signal, options) {
      // An empty exec_id means every process: since kata-containers#13163 for SIGKILL only, before
      // it for any signal.
      const request = { containerId, execId: '', signal: constants.signals[signal] };
      await call(method.signalProcess, request, options);
    },
  } satisfies Partial<Agent>;
}

function processCalls(call: KataCall, outputs: ProcessOutputs) {
  const { method } = AgentService;
  return {
    async execProcess(spec, options) {
      const request = { ...processId(spec), process: buildProcess(spec) };
      await call(method.execProcess, request, options);
      outputs.begin({ container: spec.container, process: spec.process });
    },
    async signalProcess(target, signal, options) {
      const request = { ...processId(target), signal: constants.signals[signal] };
      await call(method.signalProcess, request, options);
    },
    waitProcess(target, options) {
      // Like Kata's shim (containerd-shim-v2/wait.go), read the output to its end first: once it has
      // answered, the agent forgets what is still unread.
      const output = outputs.find(target);
      output?.expectForgotten();
      const exit = call(method.waitProcess, processId(target), {
        ...options,
        sendAfter: output?.ended,
      });
      return awaitedLater(exit.then(({ status }) => status));
    },
    output(target) {
      const output = outputs.find(target);
      if (output !== undefined) return output;
      const { execId } = processId(target);
      throw new Error(
        `${execId} was not started through this connection, which reads output from the start`,
      );
    },
    async writeStdin(target, data, options) {
      const { len } = await call(method.writeStdin, { ...processId(target), data }, options);
      return len;
    },
    async closeStdin(target, options) {
      await call(method.closeStdin, processId(target), options);
    },
  } satisfies Partial<Agent>;
}

/**
 * Tests begin such a call before they cause what it waits for. If a test fails in between, nobody
 * awaits the call, and its rejection must not replace that failure as an unhandled one.
 */
function awaitedLater<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}
