import type { Agent } from '../../harness/agents/agent.ts';
import { containerCgroupPath, type Resources } from '../../harness/agents/container-spec.ts';
import type { ContainerStats } from '../../harness/agents/container-stats.ts';
import type { Guest } from '../../harness/channel/guest.ts';
import type { Session } from '../../harness/worker/session.ts';
import { type Cgroup, openCgroup } from './cgroup.ts';
import { AskedLimits } from './limits.ts';
import { readText, readWorkload, type WorkloadOutput } from './workload.ts';

export type { Resources };

export interface ContainerOptions {
  /** The command line; see `workload`. */
  readonly runs: readonly string[];
  readonly resources?: Resources;
  /** Default: a unique id. */
  readonly id?: string;
}

/** A process in a container. */
export interface Process {
  readonly output: WorkloadOutput;
  /** Everything the process writes to standard error until it ends. */
  errorText(): Promise<string>;
  signal(signal: NodeJS.Signals): Promise<void>;
  /** Its exit code. For a signal, that is the signal's number or 128 more, depending on the agent. */
  wait(timeoutMs?: number): Promise<number>;
}

/** A container and its first process. Processes still running after the test are killed. */
export interface Container extends Process {
  readonly id: string;
  readonly cgroup: Cgroup;
  start(): Promise<void>;
  exec(runs: readonly string[]): Promise<Process>;
  update(resources: Resources): Promise<void>;
  /**
   * Fails unless every limit set by create or update has reached the kernel. Call this before
   * checking what a limit does, so that all tests that fail because of one lost limit say so.
   */
  expectLimits(): Promise<void>;
  stats(): Promise<ContainerStats>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Signals the container rather than one process: SIGKILL goes to all, other signals to the first. */
  signalAsWhole(signal: NodeJS.Signals): Promise<void>;
  remove(): Promise<void>;
}

/** Creates a container that is not started yet. */
export async function createContainer(
  session: Session,
  { runs, resources, id = session.nextContainerId() }: ContainerOptions,
): Promise<Container> {
  const { agent, guest, facts } = session;
  await agent.createContainer({
    id,
    arguments: runs,
    ...(resources === undefined ? {} : { resources }),
  });
  const cgroup = openCgroup(guest, facts.cgroup, id);
  const asked = new AskedLimits(facts.cgroup);
  asked.note('CreateContainer', resources);
  session.onTestEnd(() => killProcesses(guest, id));
  let processes = 0;
  return {
    id,
    cgroup,
    ...processOf(agent, id),
    start: () => agent.startContainer(id),
    async exec(words) {
      processes += 1;
      const process = `${id}-exec${processes}`;
      await agent.execProcess({ container: id, process, arguments: words });
      return processOf(agent, id, process);
    },
    async update(changed) {
      await agent.updateContainer(id, changed);
      asked.note('UpdateContainer', changed);
    },
    expectLimits: () => asked.expectIn(cgroup),
    stats: () => agent.containerStats(id),
    pause: () => agent.pauseContainer(id),
    resume: () => agent.resumeContainer(id),
    signalAsWhole: (signal) => agent.signalContainer(id, signal),
    remove: () => agent.removeContainer(id),
  };
}

/**
 * Bypasses the agent: an agent that cannot remove a container must fail only the tests that ask it
 * to, not every test that has a container.
 */
async function killProcesses(guest: Guest, container: string): Promise<void> {
  const processes = await guest.processes();
  const ours = processes.filter(({ cgroups }) =>
    cgroups.some((line) => line.endsWith(containerCgroupPath({ id: container }))),
  );
  if (ours.length > 0) await guest.request('kill', { pids: ours.map(({ pid }) => pid) });
}

function processOf(agent: Agent, container: string, process?: string): Process {
  const target = { container, ...(process === undefined ? {} : { process }) };
  return {
    output: readWorkload(() => agent.output(target).stdout),
    errorText: () => readText(agent.output(target).stderr),
    signal: (signal) => agent.signalProcess(target, signal),
    wait: (timeoutMs) => agent.waitProcess(target, timeoutMs === undefined ? {} : { timeoutMs }),
  };
}
