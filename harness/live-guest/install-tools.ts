import type { FileEntry } from '../file-entry.ts';
import { BUSYBOX, TOOL_PROGRAM_FOLDER } from '../guest-tools/tool-layout.ts';
import { installFiles } from './install-files.ts';
import type { LiveGuest } from './live-guest.ts';

/**
 * Puts tools into a running guest, with a link for each applet of busybox beside them. Rejects with a
 * GuestError if it has no room for them: they take some megabytes of its memory.
 */
export async function installTools(
  { channel, client, limits }: Pick<LiveGuest, 'channel' | 'client' | 'limits'>,
  files: readonly FileEntry[],
): Promise<void> {
  await installFiles(channel, files, limits.callTimeoutMs);
  const argv = [BUSYBOX, '--install', '-s', TOOL_PROGRAM_FOLDER];
  const { code, stderr } = await client.run(argv);
  if (code !== 0) throw new Error(`${argv.join(' ')} failed in the guest: ${stderr}`);
}
