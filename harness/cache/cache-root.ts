import { isAbsolute, join } from 'node:path';
import { UsageError } from '../errors.ts';

/**
 * The folder of everything that can be rebuilt: kernels, package lists, initramfs files.
 * `$KMX_CACHE`, else `kmx` below `$XDG_CACHE_HOME`, else `~/.cache/kmx`. Absolute; need not exist.
 * Throws a UsageError if the environment does not say where it is.
 */
export function cacheRoot(environment: Readonly<Record<string, string | undefined>>): string {
  const { KMX_CACHE: own, XDG_CACHE_HOME: xdg, HOME: home } = environment;
  if (own) {
    if (isAbsolute(own)) return own;
    throw new UsageError(`KMX_CACHE: expected an absolute path, found '${own}'`, {
      code: 'CACHE_NOT_ABSOLUTE',
      remedy: 'set KMX_CACHE to an absolute path, or unset it',
    });
  }
  // XDG Base Directory Specification: relative paths in these variables must be ignored.
  if (xdg && isAbsolute(xdg)) return join(xdg, 'kmx');
  if (home && isAbsolute(home)) return join(home, '.cache', 'kmx');
  throw new UsageError('no folder for the cache: neither KMX_CACHE nor XDG_CACHE_HOME nor HOME', {
    code: 'CACHE_UNKNOWN',
    remedy: 'set KMX_CACHE to an absolute path',
  });
}
