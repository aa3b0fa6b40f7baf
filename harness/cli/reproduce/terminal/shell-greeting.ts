import { relative } from 'node:path';
import type { LiveGuest } from '../../../live-guest/live-guest.ts';
import { toLine } from '../../../text.ts';
import { LEAVE_KEY } from './join-tool.ts';

/** What somebody who looks around in a guest wants to know first. */
export interface GuestPlaces {
  readonly agentPid: number;
  /** Lines of the agent's /proc/PID/cgroup; undefined if it has ended. */
  readonly agentCgroups: readonly string[] | undefined;
  /** The agent's socket, a path of the guest. */
  readonly agentSocket: string;
  readonly cgroupRoot: string;
  readonly cgroupMode: string;
  readonly controllers: readonly string[];
  readonly release: string;
  /** The folder of this host with the guest's logs. */
  readonly logs: string;
  /** Lines about the folder of this host that it has. */
  readonly shared?: readonly string[];
}

export async function findPlaces(guest: LiveGuest): Promise<GuestPlaces> {
  const { agentPid, facts, folder, agentLaunch } = guest;
  const processes = await guest.client.processes();
  const agent = processes.find(({ pid, state }) => pid === agentPid && state !== 'Z');
  return {
    agentPid,
    agentCgroups: agent?.cgroups,
    agentSocket: agentLaunch.socket,
    cgroupRoot: '/sys/fs/cgroup',
    cgroupMode: facts.cgroup,
    controllers: facts.controllers,
    release: facts.release,
    logs: folder,
  };
}

/** For the shell, so that commands can be copied from one guest to another. */
export function shellVariables(places: GuestPlaces): Readonly<Record<string, string>> {
  return {
    KMX_AGENT_PID: `${places.agentPid}`,
    KMX_AGENT_SOCKET: places.agentSocket,
    KMX_CGROUP_ROOT: places.cgroupRoot,
  };
}

/**
 * Lines for 80 columns.
 * @param leaving What becomes of the guest once the shell has ended: `ends the guest`.
 */
export function shellGreeting(places: GuestPlaces, leaving: string): string[] {
  const { agentPid, agentCgroups, controllers } = places;
  const agent =
    agentCgroups === undefined ? `was process ${agentPid}, and has ended` : `process ${agentPid}`;
  const cgroups = agentCgroups?.map((line) => toLine(line)).join(' ') ?? '';
  return [
    `A shell in the guest, Linux ${toLine(places.release)}. Leaving it ${leaving}:`,
    `exit or Ctrl-D; ${LEAVE_KEY} if nothing else works.`,
    `  agent    ${agent} ($KMX_AGENT_PID)`,
    `  socket   ${places.agentSocket} ($KMX_AGENT_SOCKET)`,
    ...(cgroups === '' ? [] : [`  cgroup   ${cgroups}`]),
    `  cgroups  ${places.cgroupRoot}, ${places.cgroupMode}: ${toLine(controllers.join(' '))} ($KMX_CGROUP_ROOT)`,
    `  logs     on this host: ${relative('.', places.logs)}/`,
    ...(places.shared ?? []).map(
      (line, index) => `  ${index === 0 ? 'share' : ''}`.padEnd(11) + toLine(line),
    ),
  ];
}
