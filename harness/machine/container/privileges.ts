import type { EngineFacts } from './engine-facts.ts';

/** What a container may do that an ordinary process may not, and why. */
export interface Privilege {
  /** As an engine's option has it. */
  readonly name: string;
  readonly reason: string;
}

/**
 * The capabilities of a container; every other one is dropped. Each is what init or agents use in a
 * guest, where they are root without limits.
 */
export const CAPABILITIES: readonly Privilege[] = [
  {
    name: 'SYS_ADMIN',
    reason: 'mount the cgroup mode, and give containers namespaces of their own',
  },
  { name: 'DAC_OVERRIDE', reason: "connect to the sockets in the private folder of kmx's user" },
  { name: 'CHOWN', reason: 'agents give files to the users of containers' },
  { name: 'FOWNER', reason: 'agents set the modes of such files' },
  { name: 'SETUID', reason: 'agents start processes of containers as other users' },
  { name: 'SETGID', reason: 'agents start processes of containers with other groups' },
  { name: 'SETPCAP', reason: 'agents take capabilities away from processes of containers' },
  { name: 'KILL', reason: 'agents end processes of other users' },
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

/** @param privileged As the matrix asks for it: everything that the engine can grant. */
export function confine(
  engine: Pick<EngineFacts, 'hasAppArmor' | 'hasSelinux'>,
  privileged: boolean,
): Confinement {
  if (privileged) return { privileged, capabilities: [], securityOptions: [] };
  return {
    privileged,
    capabilities: CAPABILITIES.map(({ name }) => name),
    securityOptions: securityOptions(engine).map(({ name }) => name),
  };
}

/** What a report says of a container's rights, one phrase each. */
export function describePrivileges(
  engine: Pick<EngineFacts, 'hasAppArmor' | 'hasSelinux'>,
  privileged: boolean,
): readonly string[] {
  if (privileged) return ['--privileged: the matrix asks for it'];
  return [...CAPABILITIES, ...securityOptions(engine)].map(
    ({ name, reason }) => `${name}: ${reason}`,
  );
}

/** The profile for system calls stays the engine's own: with SYS_ADMIN it allows mounts. */
function securityOptions({
  hasAppArmor,
  hasSelinux,
}: Pick<EngineFacts, 'hasAppArmor' | 'hasSelinux'>): readonly Privilege[] {
  return [
    ...(hasAppArmor
      ? [{ name: 'apparmor=unconfined', reason: "the engine's AppArmor profile forbids mounts" }]
      : []),
    ...(hasSelinux
      ? [{ name: 'label=disable', reason: "SELinux keeps containers from the host's sockets" }]
      : []),
  ];
}
