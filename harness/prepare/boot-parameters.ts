// kernel Documentation/admin-guide/kernel-parameters.txt
const BASE = [
  // Warnings and stack dumps, too, whatever the kernel's own default is.
  'loglevel=7',
  // On a busy host the timer of an emulated guest is late, and the kernel would take that for
  // broken hardware and panic. A guest with KVM skips this check by itself.
  'no_timer_check',
  // The kernel's self-tests of its ciphers take a fifth of an emulated boot; ciphers are not under
  // test.
  'cryptomgr.notests',
];

/**
 * The kernel's command line for a guest, without what its machine adds: what every guest has, then
 * the config's own words, which win on conflict. Everything else keeps the kernel's default: an
 * oops is survived, as on a real machine. The matrix file's check ensures that it is short enough.
 */
export function bootParameters(own: readonly string[]): readonly string[] {
  return [...BASE, ...own];
}
