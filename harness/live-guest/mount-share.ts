import type { FileEntry } from '../file-entry.ts';
import { BUSYBOX } from '../guest-tools/tool-layout.ts';
import { SHARE_FOLDER, SHARE_TAG } from '../machine/machine.ts';
import type { KernelModule } from '../prepare/kernel-module.ts';
import { installFiles } from './install-files.ts';
import type { LiveGuest } from './live-guest.ts';

type Guest = Pick<LiveGuest, 'channel' | 'client' | 'limits'>;

const MODULES = '/run/kmx/share-modules';
/** Arguments of one command: a guest takes more, but not without end. */
const WORDS_MAX = 500;

/** Mounts the 9p file system that the guest's machine offers. Needs the tools; rejects if the guest refuses. */
export async function mountShare(guest: Guest, modules: readonly KernelModule[]): Promise<void> {
  await installFiles(
    guest.channel,
    modules.map(({ name, content }) => fileAt(`${MODULES}/${name}.ko`, content)),
    guest.limits.callTimeoutMs,
  );
  for (const { name } of modules) await run(guest, ['insmod', `${MODULES}/${name}.ko`]);
  await run(guest, ['mkdir', '-p', SHARE_FOLDER]);
  const options = 'trans=virtio,version=9p2000.L,ro,msize=131072';
  await run(guest, ['mount', '-t', '9p', '-o', options, SHARE_TAG, SHARE_FOLDER]);
}

/** Writes entries below the folder and makes it read-only. Needs the tools; rejects if the guest has no room. */
export async function copyShare(guest: Guest, entries: readonly FileEntry[]): Promise<void> {
  const folders = entries.filter(({ kind }) => kind === 'directory').map(({ path }) => path);
  const files = entries.filter(({ kind }) => kind === 'file');
  for (const some of piecesOf([SHARE_FOLDER, ...folders])) {
    await run(guest, ['mkdir', '-p', ...some]);
  }
  await installFiles(guest.channel, files, guest.limits.callTimeoutMs);
  for (const entry of entries) {
    if (entry.kind === 'link') await run(guest, ['ln', '-s', '--', entry.target, entry.path]);
  }
  await run(guest, ['mount', '-o', 'bind', SHARE_FOLDER, SHARE_FOLDER]);
  await run(guest, ['mount', '-o', 'remount,bind,ro', SHARE_FOLDER]);
}

function* piecesOf(words: readonly string[]): Generator<readonly string[]> {
  for (let at = 0; at < words.length; at += WORDS_MAX) yield words.slice(at, at + WORDS_MAX);
}

async function run({ client }: Guest, words: readonly string[]): Promise<void> {
  const { code, stderr } = await client.run([BUSYBOX, ...words]);
  if (code === 0) return;
  throw new ShareRefused(
    `${words.slice(0, 4).join(' ')}: ${String(stderr).trim() || `exit code ${code}`}`,
  );
}

function fileAt(path: string, content: Buffer): FileEntry {
  return { kind: 'file', path, mode: 0o644, content };
}

/** The guest's kernel has refused a step. */
export class ShareRefused extends Error {
  override readonly name = 'ShareRefused';
}
