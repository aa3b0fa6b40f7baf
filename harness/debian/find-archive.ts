import { readFile } from 'node:fs/promises';
import { InfraError } from '../errors.ts';
import { runApt } from './apt.ts';
import { archiveOfMirror, chooseArchive, parseAptTargets, TARGET_FORMAT } from './archive-uri.ts';

/**
 * URI of the archive that has a suite: of the mirror if one is given, else of the host's own apt
 * sources. Throws an InfraError if these name no archive of Debian.
 */
export async function findArchive(suite: string, mirror?: string): Promise<string> {
  if (mirror !== undefined) return archiveOfMirror(mirror, suite);
  const text = await readHostTargets(TARGET_FORMAT);
  const archive = chooseArchive(parseAptTargets(text), suite);
  if (archive === undefined) {
    throw new InfraError("the host's apt sources name no archive of Debian", {
      code: 'NO_MIRROR',
      remedy: 'name one with --mirror http://HOST/debian',
      output: text,
    });
  }
  return archive.startsWith('mirror+file:') ? firstOfMirrorList(archive) : archive;
}

/** apt-transport-mirror(1): one URI per line, possibly with settings after a tab. */
async function firstOfMirrorList(uri: string): Promise<string> {
  const path = uri.replace(/^mirror\+file:(?:\/\/(?=\/))?/, '');
  const lines = (await readFile(path, 'utf8')).split('\n');
  const first = lines
    .find((line) => /^\s*[a-z]/.test(line))
    ?.trim()
    .split(/\s/)[0];
  if (first) return first.replace(/\/+$/, '');
  throw new InfraError(`${path}: expected URIs of mirrors, found none`, {
    code: 'NO_MIRROR',
    remedy: 'name one with --mirror http://HOST/debian',
  });
}

/** apt's view of the host's own sources, in a format for `apt-get indextargets`. */
async function readHostTargets(format: string): Promise<string> {
  const list = ['indextargets', '--format', format, 'Created-By: Packages'];
  // The first call knows the origins, but only of archives whose lists were fetched before.
  const known = await runApt('apt-get', list, '/');
  return known.trim() === '' ? runApt('apt-get', [...list, '--no-release-info'], '/') : known;
}
