import type { CellOptions } from './container-options.ts';
import type { EngineFacts } from './engine-facts.ts';

/**
 * The command that starts the same container by hand. It needs the image, and somebody who listens
 * on the sockets.
 */
export function runCommand(
  { name }: Pick<EngineFacts, 'name'>,
  { Image, Hostname, Labels, StopSignal, HostConfig }: CellOptions,
): readonly string[] {
  const each = (option: string, values: readonly string[] = []): string[] =>
    values.map((value) => `--${option}=${value}`);
  const { Privileged, CapDrop, CapAdd, SecurityOpt, Binds, Tmpfs, Ulimits } = HostConfig;
  const pairs = (record: Readonly<Record<string, string>> = {}, between: string): string[] =>
    Object.entries(record).map(([key, value]) => `${key}${between}${value}`);
  return [
    ...[name.toLowerCase(), 'run', '--rm', `--hostname=${Hostname}`],
    ...each('label', pairs(Labels, '=')),
    `--stop-signal=${StopSignal}`,
    ...(Privileged ? ['--privileged'] : []),
    ...each('cap-drop', CapDrop),
    ...each('cap-add', CapAdd),
    ...each('security-opt', SecurityOpt?.map(asArgument)),
    `--cgroupns=${HostConfig.CgroupnsMode}`,
    `--network=${HostConfig.NetworkMode}`,
    `--log-driver=${HostConfig.LogConfig?.Type}`,
    `--memory=${HostConfig.Memory}`,
    `--memory-swap=${HostConfig.MemorySwap}`,
    `--pids-limit=${HostConfig.PidsLimit}`,
    ...each(
      'ulimit',
      Ulimits?.map(({ Name, Soft, Hard }) => `${Name}=${Soft}:${Hard}`),
    ),
    ...(HostConfig.ReadonlyRootfs ? ['--read-only'] : []),
    ...each('tmpfs', pairs(Tmpfs, ':')),
    ...each('volume', Binds),
    Image,
  ];
}

/** The command takes a profile from a file only; without any, the container may do more, and no less. */
function asArgument(option: string): string {
  return option.startsWith('seccomp={') ? 'seccomp=unconfined' : option;
}
