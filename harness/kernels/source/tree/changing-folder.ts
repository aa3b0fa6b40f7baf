/** A git work tree, whose files are those of one commit after the other. */
import { join } from 'node:path';
import { InfraError } from '../../../errors.ts';
import type { ChangingFolder } from './source-tree.ts';

/** @param folder Absolute, without links. */
export function changingFolder(folder: string): ChangingFolder {
  return {
    folder,
    hidesChanges: async ({ beginMs, endMs }) => {
      const { execa } = await import('execa');
      // Whatever changes a file also sets the time at which its inode changed, and nobody can set that back.
      const hidden = ['-type', 'f', '-newerct', stamp(beginMs), '!', '-newermt', stamp(endMs)];
      const words = [folder, '-path', join(folder, '.git'), '-prune', '-o', ...hidden];
      const ended = await execa('find', [...words, '-print', '-quit'], {
        env: { LC_ALL: 'C' },
        stdin: 'ignore',
        reject: false,
      });
      if (!ended.failed) return ended.stdout !== '';
      throw new InfraError(`${folder}: find(1) cannot look at all files`, {
        code: 'TREE_UNREADABLE',
        remedy: 'make sure that all of its files can be read',
        output: ended.stderr,
      });
    },
  };
}

function stamp(ms: number): string {
  return `@${(ms / 1000).toFixed(3)}`;
}
