import { AptError, fetchWithApt } from './apt.ts';
import { asFetchError } from './archive-error.ts';
import type { PackageFile } from './package-file.ts';

/** Fetches a .deb to a path; checked if its sha256 is known. Throws an InfraError. */
export async function fetchPackageFile(file: PackageFile, to: string): Promise<void> {
  // apt's file method only says where a file is; its copy method copies it.
  const uri = `${file.archive}/${file.file}`.replace(/^file:/, 'copy:');
  try {
    await fetchWithApt(uri, to, file);
  } catch (error) {
    throw error instanceof AptError ? asFetchError(error, file, uri) : error;
  }
}
