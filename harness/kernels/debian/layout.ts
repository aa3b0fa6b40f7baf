import { InfraError } from '../../errors.ts';

/** Where a kernel's files are, relative to the folder that its packages were unpacked into. */
export interface KernelLayout {
  readonly image: string;
  readonly config: string;
  readonly modules?: string;
}

export const CONFIG_PATH = /^(?:boot\/config-[^/]+|(?:usr\/)?lib\/modules\/[^/]+\/config)$/;

/**
 * Finds a kernel in the files of its packages. Debian has moved them: `boot` and `lib/modules` up
 * to 6.1 and in backports of 6.12 to bookworm; `boot` and `usr/lib/modules` since; from 7.2 on
 * everything is in `usr/lib/modules/<release>`, where an unsigned image is called
 * `vmlinuz.unsigned`. `files` are relative paths. Throws an InfraError unless there is exactly one
 * image with a config.
 */
export function findKernelFiles(files: readonly string[]): KernelLayout {
  const matching = (pattern: RegExp) => files.filter((file) => pattern.test(file));
  const image = theOnly(
    'image (vmlinuz)',
    matching(/^(?:boot\/vmlinuz-[^/]+|(?:usr\/)?lib\/modules\/[^/]+\/vmlinuz(?:\.unsigned)?)$/),
  );
  const config = theOnly('config', matching(CONFIG_PATH));
  const module = files.find((file) => /^(?:usr\/)?lib\/modules\/[^/]+\/kernel\//.test(file));
  const modules = module?.slice(0, module.indexOf('/kernel/'));
  return { image, config, ...(modules ? { modules } : {}) };
}

function theOnly(what: string, found: readonly string[]): string {
  const [first, ...others] = found;
  if (first !== undefined && others.length === 0) return first;
  const shown = found.length > 0 ? found.join(', ') : 'none';
  throw new InfraError(`expected one kernel ${what} in the packages, found ${shown}`, {
    code: 'PACKAGE_LAYOUT',
    remedy: "Debian may have moved its kernel files; use a kernel of kind 'path' until kmx knows",
  });
}
