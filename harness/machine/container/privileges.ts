import type { EngineFacts } from './engine-facts.ts';
import { seccompProfile } from './seccomp-profile.ts';

/** What a container may do that an ordinary process may not, and why. */
export interface Privilege {
  /** As an engine's option has it. */
  readonly name: string;
  readonly reason: string;
}

/**
 * The capabilities of a container; every other one is dropped. Each is what init or agents use in a
 * guest, where they are root without limits. The scenarios pass without CHOWN, SETUID and KILL, since
 * all of their processes are root's: those three are for agents that run containers of other users.
 */
export const CAPABILITIES: readonly Privilege[] = [
  {
    name: 'SYS_ADMIN',
    reason: 'mount the cgroup mode, and give containers namespaces of their own',
  },
  { name: 'DAC_OVERRIDE', reason: "connect to the sockets in the private folder of kmx's user" },
  { name: 'CHOWN', reason: 'agents give stdio and files to the users of containers' },
  { name: 'SETUID', reason: 'agents start processes of containers as other users' },
  { name: 'SETGID', reason: 'agents start processes of containers with other groups' },
  { name: 'SETPCAP', reason: 'agents take capabilities away from processes of containers' },
  { name: 'KILL', reason: 'agents end processes of users other than root' },
  { name: 'MKNOD', reason: "agents make the devices of containers' /dev" },
  { name: 'SYS_CHROOT', reason: "agents enter containers' root directories" },
];

/** How a container is confined. */
export interface Confinement {
  readonly privileged: boolean;
  /** Capabilities that are kept; empty if it is privileged and keeps all. */
  readonly capabilities: readonly string[];
  /** The engine's `--security-opt`. */
  readonly securityOptions: readonly string[];
}

type Modules = Pick<EngineFacts, 'name' | 'hasAppArmor' | 'hasSeccomp' | 'hasSelinux'>;

/** @param privileged As the matrix asks for it: everything that the engine can grant. */
export function confine(engine: Modules, privileged: boolean): Confinement {
  if (privileged) return { privileged, capabilities: [], securityOptions: [] };
  return {
    privileged,
    capabilities: CAPABILITIES.map(({ name }) => name),
    securityOptions: securityOptions(engine).map(({ option }) => option),
  };
}

/** What a report says of a container's rights, one phrase each. */
export function describePrivileges(engine: Modules, privileged: boolean): readonly string[] {
  if (privileged) return ['--privileged: the matrix asks for it'];
  return [...CAPABILITIES, ...securityOptions(engine)].map(
    ({ name, reason }) => `${name}: ${reason}`,
  );
}

interface SecurityOption extends Privilege {
  /** As the engine takes it. */
  readonly option: string;
}

function securityOptions(engine: Modules): readonly SecurityOption[] {
  return [
    ...(engine.hasSeccomp && engine.name === 'Docker' ? [PIVOT_ROOT] : []),
    ...(engine.hasAppArmor ? [NO_APPARMOR] : []),
    ...(engine.hasSelinux ? [NO_LABEL] : []),
  ];
}

const PIVOT_ROOT: SecurityOption = {
  name: 'pivot_root',
  option: `seccomp=${seccompProfile()}`,
  reason: "agents enter containers' root directories; Docker's own seccomp profile forbids it",
};
const NO_APPARMOR: SecurityOption = {
  name: 'apparmor=unconfined',
  option: 'apparmor=unconfined',
  reason: "the engine's AppArmor profile forbids mounts",
};
const NO_LABEL: SecurityOption = {
  name: 'label=disable',
  option: 'label=disable',
  reason: "SELinux keeps containers from the host's sockets",
};
