import { homedir, hostname, tmpdir, userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { HiddenWord } from '../../bundle/hide-host.ts';
import type { PreparedVm } from '../../prepare/prepare-cell.ts';
import { projectRoot } from '../project.ts';

/** Everybody has them: they tell nothing, and occur in every log of a kernel. */
const COMMON = new Set(['root', '/root', '/', 'localhost', '/tmp']);

/** What a bundle must not say of this host, and how QEMU's command line names files in it. */
export function hostWords(
  { image, initramfs }: PreparedVm,
  command: readonly string[],
  cacheRoot: string,
): readonly HiddenWord[] {
  const words = [
    { text: image, name: '{bundle}/kernel/image' },
    { text: initramfs, name: '{guest}/initramfs' },
    { text: socketFolder(command), name: '{guest}' },
    { text: resolve(cacheRoot), name: '{cache}' },
    { text: projectRoot, name: '{kmx}' },
    { text: process.cwd(), name: '{here}' },
    { text: tmpdir(), name: '{tmp}' },
    { text: homedir(), name: '{home}' },
    { text: hostname(), name: '{host}' },
    { text: userInfo().username, name: '{user}' },
  ];
  return words.filter(({ text }) => !COMMON.has(text));
}

function socketFolder(command: readonly string[]): string {
  const [, path = ''] = command.join('\n').match(/^socket,id=qmp,path=([^,\n]+)/m) ?? [];
  return path === '' ? '' : dirname(path);
}
