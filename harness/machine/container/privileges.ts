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

/** What an engine applies to containers by itself. */
type Security = Pick<EngineFacts, 'hasSeccomp' | 'hasAppArmor' | 'hasSelinux'>;

/** How a container is confined. */
export interface Confinement {
  readonly privileged: boolean;
  /** Capabilities that are kept; empty if it is privileged and keeps all. */
  readonly capabilities: readonly string[];
  /** The engine's `--security-opt`. */
  readonly securityOptions: readonly string[];
}

/** @param privileged As the matrix asks for it: everything that the engine can grant. */
export function confine(engine: Security, privileged: boolean): Confinement {
  if (privileged) return { privileged, capabilities: [], securityOptions: [] };
  return {
    privileged,
    capabilities: CAPABILITIES.map(({ name }) => name),
    securityOptions: securityOptions(engine).map(({ name }) => name),
  };
}

/** What a report says of a container's rights, one phrase each. */
export function describePrivileges(engine: Security, privileged: boolean): readonly string[] {
  if (privileged) return ['--privileged: the matrix asks for it'];
  return [...CAPABILITIES, ...securityOptions(engine)].map(
    ({ name, reason }) => `${name}: ${reason}`,
  );
}

function securityOptions({ hasSeccomp, hasAppArmor, hasSelinux }: Security): readonly Privilege[] {
  return [
    // Engines allow mounts to whoever has SYS_ADMIN, but pivot_root(2) to nobody.
    ...(hasSeccomp
      ? [{ name: 'seccomp=unconfined', reason: "the engine's filter forbids agents pivot_root" }]
      : []),
    ...(hasAppArmor
      ? [{ name: 'apparmor=unconfined', reason: "the engine's AppArmor profile forbids mounts" }]
      : []),
    ...(hasSelinux
      ? [{ name: 'label=disable', reason: "SELinux keeps containers from the host's sockets" }]
      : []),
  ];
}
