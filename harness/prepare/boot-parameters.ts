// kernel Documentation/admin-guide/kernel-parameters.txt
const BASE = [
  // Warnings and the lines of a stack dump too, whatever the kernel's own default is.
  'loglevel=7',
  // On a busy host the timer of an emulated guest comes late, and this check would call that broken
  // hardware and panic. A guest of KVM skips it by itself.
  'no_timer_check',
  // The kernel's tests of its own ciphers, a fifth of an emulated boot; ciphers are not under test.
  'cryptomgr.notests',
];

/**
 * The kernel's command line for a guest, without what its machine adds: what every guest has, then
 * the config's own words, which win where both speak. What is not said keeps the kernel's default:
 * an oops is survived, as on a real machine. The matrix file's check sees that it is short enough.
 */
export function bootParameters(own: readonly string[]): readonly string[] {
  return [...BASE, ...own];
}
