import { SHARE_FOLDER } from '../machine.ts';
import type { ContainerOptions } from './engine.ts';
import { OWNER_LABEL } from './labels.ts';
import type { Confinement } from './privileges.ts';
import type { ProcessLimits } from './process-limits.ts';

/** Where the folder with the guest's sockets is in the container; the image's init looks there. */
export const PORTS = '/kmx/ports';

const MIB = 1024 * 1024;
/** Enough for an agent's state, and for what scenarios put there. */
const WRITABLE_MIB = 64;
/** As many as a small guest may have; a fork bomb ends there. */
const PROCESSES_MAX = 4096;

type HostConfig = NonNullable<ContainerOptions['HostConfig']>;

/** `CgroupnsMode` (API 1.41) is missing in the client's types. */
export interface CellOptions extends ContainerOptions {
  readonly Image: string;
  readonly HostConfig: HostConfig & { readonly CgroupnsMode: 'private' };
}

export interface ContainerWish {
  readonly image: string;
  /** The process that the container belongs to, as in `ownedPrefix`. */
  readonly owner: string;
  /** The host's folder with the sockets. */
  readonly ports: string;
  readonly memoryMib: number;
  /** A folder of the host that processes may read. */
  readonly share?: string;
  readonly confinement: Confinement;
  readonly processLimits: ProcessLimits;
}

/**
 * How the engine is to create a container: alone with its memory, without a network, and without a
 * place to write that is not memory. It is removed as soon as it ends, whoever is still there.
 */
export function containerOptions(wish: ContainerWish): CellOptions {
  const { image, owner, ports, memoryMib, share, confinement, processLimits } = wish;
  const { privileged, capabilities, securityOptions } = confinement;
  return {
    Image: image,
    Hostname: 'kmx',
    Labels: { [OWNER_LABEL]: owner },
    // Init ignores any other, and an engine that is ended would wait for it for ten seconds.
    StopSignal: 'SIGKILL',
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: {
      AutoRemove: true,
      ...(privileged ? { Privileged: true } : { CapDrop: ['ALL'], CapAdd: [...capabilities] }),
      SecurityOpt: [...securityOptions],
      CgroupnsMode: 'private',
      NetworkMode: 'none',
      // The log is read while it is written: nothing is kept on the disk.
      LogConfig: { Type: 'none', Config: {} },
      // Memory and swap together: no swap.
      Memory: memoryMib * MIB,
      MemorySwap: memoryMib * MIB,
      PidsLimit: PROCESSES_MAX,
      Ulimits: [...processLimits],
      ReadonlyRootfs: true,
      Tmpfs: { '/run': tmpfs('755'), '/tmp': tmpfs('1777') },
      Binds: [`${ports}:${PORTS}`],
      ...(share === undefined ? {} : { Mounts: [readOnly(share)] }),
    },
  };
}

/** A path may have a colon in it, which `Binds` would cut it at. */
function readOnly(share: string) {
  return { Type: 'bind' as const, Source: share, Target: SHARE_FOLDER, ReadOnly: true };
}

function tmpfs(mode: string): string {
  return `rw,nosuid,nodev,exec,size=${WRITABLE_MIB}m,mode=${mode}`;
}
