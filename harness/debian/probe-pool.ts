import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { APT_HELPER, AptError, runApt } from './apt.ts';

/** Smaller than any package: apt is stopped as soon as it has begun. */
const BYTES_MAX = 64;

/**
 * Whether an archive still has a file, though its lists may not name it any more. apt can only fetch, so
 * that it is given no room for what it fetches. Undefined: the archive cannot be reached. Throws an
 * InfraError if there is no apt.
 */
export async function isInPool(archive: string, file: string): Promise<boolean | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'kmx-probe-'));
  // apt's file method only says where a file is; its copy method copies it.
  const uri = `${archive}/${file}`.replace(/^file:/, 'copy:');
  try {
    const words = ['download-file', uri, join(folder, 'probe')];
    await runApt(APT_HELPER, words, folder, { fileBytesMax: BYTES_MAX });
    return true;
  } catch (error) {
    if (!(error instanceof AptError)) throw error;
    if (error.fault === 'too-large') return true;
    return error.fault === 'not-found' ? false : undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
