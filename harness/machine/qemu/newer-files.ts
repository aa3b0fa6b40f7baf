/** What QEMU can do with the files of a saved guest since 8.2, and in 11 has to. */

/**
 * A file of memory that nobody may write to, mapped as memory that is written to (`readonly=on`
 * with `rom=off`, QEMU qapi/qom.json): templates need not be writable for a QEMU in a container.
 */
export function mapsReadOnlyFiles(version: string): boolean {
  return isSince82(version);
}

/**
 * `file:` as the source of a migration (QEMU migration/file.c). Up to 10 an inherited descriptor
 * does as well; 11 refuses one that is a file.
 */
export function migratesFromFiles(version: string): boolean {
  return isSince82(version);
}

function isSince82(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 8 || (major === 8 && minor >= 2);
}
