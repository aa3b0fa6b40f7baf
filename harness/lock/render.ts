import { stringify } from 'yaml';
import { LOCK_VERSION, type Lock, type LockedAgent, type LockedKernel } from './lock.ts';
import { sealOf } from './seal.ts';

/** @param matrix The name of the matrix file, which lies beside the lock. */
export function renderLock({ kernels, agents }: Lock, matrix: string): string {
  const content = {
    version: LOCK_VERSION,
    kernels: renderEntries(kernels, orderKernel),
    agents: renderEntries(agents, orderAgent),
  };
  const comment = [
    `What the kernels and agents of ${matrix} are, to the byte: kmx run --locked uses these and nothing else.`,
    'Written by kmx, and not to be edited: commit it with the matrix.',
    '',
    '  kmx kernels lock                 renew all of it',
    '  kmx kernels lock --update NAME   renew some',
    '  kmx kernels lock --check         what is outdated, or gone from the archive',
  ];
  const lines = comment.map((text) => (text === '' ? '#' : `# ${text}`));
  return `${lines.join('\n')}\n\n${stringify(content, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

function renderEntries<T extends LockedKernel | LockedAgent>(
  entries: ReadonlyMap<string, T>,
  order: (entry: T) => object,
): object {
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    sorted.map(([name, entry]) => [name, { ...order(entry), seal: sealOf(name, entry) }]),
  );
}

/** Always the same order, so that a renewed lock differs only where a kernel does. */
function orderKernel({ release, digest, image, config, debian, inputs }: LockedKernel): object {
  return {
    ...{ release, digest },
    ...(image !== undefined && { image }),
    ...(config !== undefined && { config }),
    ...(debian !== undefined && { debian: orderPackages(debian) }),
    ...(inputs !== undefined && { inputs }),
  };
}

function orderPackages({ files, ...debian }: NonNullable<LockedKernel['debian']>): object {
  return {
    package: debian.package,
    version: debian.version,
    suite: debian.suite,
    files: files.map((one) => ({
      package: one.package,
      file: one.file,
      sha256: one.sha256,
      ...(one.unlisted && { unlisted: true }),
    })),
  };
}

function orderAgent({ sources, program, files }: LockedAgent): object {
  return {
    ...(sources !== undefined && { sources }),
    ...(program !== undefined && { program }),
    ...(files !== undefined && { files }),
  };
}
