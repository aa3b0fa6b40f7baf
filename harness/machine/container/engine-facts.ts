import { z } from 'zod';
import { InfraError } from '../../errors.ts';

/** What an engine says of itself, as far as containers depend on it. */
export interface EngineFacts {
  readonly name: 'Docker' | 'Podman';
  readonly version: string;
  /** It runs without root's rights, and so do its containers. */
  readonly isRootless: boolean;
  /** It keeps containers from system calls that they have no need of. */
  readonly hasSeccomp: boolean;
  /** Security modules of the kernel that it applies to containers. */
  readonly hasAppArmor: boolean;
  readonly hasSelinux: boolean;
  /** Of cgroups, as the engine uses them: 1 also where v2 is mounted without controllers (hybrid). */
  readonly cgroupVersion: 1 | 2;
  /** `cgroupfs` or `systemd`. */
  readonly cgroupDriver: string;
  /** The program that starts its containers: `runc`, `crun`, … */
  readonly runtime: string;
  /** How it keeps images: `overlay2`, `overlay`, `vfs`, … */
  readonly storageDriver: string;
}

// GET /info and GET /version of Docker's engine API; Podman answers both in the same form.
const INFO = z.object({
  SecurityOptions: z.array(z.string()).nullish(),
  CgroupVersion: z.string().optional(),
  CgroupDriver: z.string().optional(),
  DefaultRuntime: z.string().optional(),
  Driver: z.string().optional(),
  Rootless: z.boolean().optional(),
});
const VERSION = z.object({
  Version: z.string(),
  Components: z.array(z.object({ Name: z.string() })).nullish(),
});

/** Throws an InfraError if the answers are not those of an engine. */
export function readEngineFacts(info: unknown, version: unknown): EngineFacts {
  const saidInfo = INFO.safeParse(info);
  const saidVersion = VERSION.safeParse(version);
  if (!saidInfo.success || !saidVersion.success) {
    throw new InfraError('the container engine answers what neither Docker nor Podman does', {
      code: 'UNKNOWN_ENGINE',
      remedy: 'set DOCKER_HOST to the socket of Docker or Podman',
      cause: saidInfo.error ?? saidVersion.error,
    });
  }
  const { SecurityOptions, CgroupVersion, CgroupDriver, DefaultRuntime, Driver, Rootless } =
    saidInfo.data;
  const security = new Set(SecurityOptions?.map(nameOfOption));
  const isPodman = saidVersion.data.Components?.some(({ Name }) => Name.startsWith('Podman'));
  return {
    name: isPodman ? 'Podman' : 'Docker',
    version: saidVersion.data.Version,
    // Docker says it among its security options, Podman in a field of its own.
    isRootless: security.has('rootless') || Rootless === true,
    hasSeccomp: security.has('seccomp'),
    hasAppArmor: security.has('apparmor'),
    hasSelinux: security.has('selinux'),
    // Engines before API 1.41 do not say; they know only v1.
    cgroupVersion: CgroupVersion === '2' ? 2 : 1,
    cgroupDriver: CgroupDriver ?? 'cgroupfs',
    runtime: DefaultRuntime ?? 'runc',
    storageDriver: Driver ?? 'unknown',
  };
}

/** `seccomp` in `name=seccomp,profile=default`. */
function nameOfOption(option: string): string {
  return /^name=([^,]*)/.exec(option)?.[1] ?? option;
}

/** For people: `Docker 20.10.24`, `Podman 4.3.1 (rootless)`. */
export function describeEngine({ name, version, isRootless }: EngineFacts): string {
  return `${name} ${version}${isRootless ? ROOTLESS : ''}`;
}

const ROOTLESS = ' (rootless)';

/** @param engine As `describeEngine` words it. */
export function isRootless(engine: string): boolean {
  return engine.endsWith(ROOTLESS);
}
