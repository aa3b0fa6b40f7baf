import type { Waiting } from '../cache/host-lock.ts';
import type { ArchiveContext } from './archive-context.ts';

/**
 * For whoever may have to wait until another process has filled the same entry of the cache: a note says whom they
 * wait for, and Ctrl-C ends it. Within one process, its progress says enough.
 *
 * @param doing What the other one does meanwhile: `fetching linux-image-… 6.12.117-1`.
 */
export function waitForEntry(
  doing: string,
  { signal, onProgress }: Pick<ArchiveContext, 'signal' | 'onProgress'>,
): Waiting {
  return {
    signal,
    onWait: ({ isOwn, shown }) => {
      if (isOwn) return;
      onProgress({ kind: 'note', text: `waiting for ${shown}, which is ${doing}` });
    },
  };
}
