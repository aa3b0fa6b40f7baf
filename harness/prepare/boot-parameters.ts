import { UsageError } from '../errors.ts';

// COMMAND_LINE_SIZE of the kernel's arch/x86/include/asm/setup.h is 2048 bytes, of which some are
// for what the machine adds (its console, what a panic does).
const MAXIMAL_BYTES = 2048 - 128;

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
 * an oops is survived, as on a real machine. Throws a UsageError if the kernel could not take it
 * in.
 */
export function bootParameters(own: readonly string[]): readonly string[] {
  const all = [...BASE, ...own];
  for (const word of own) {
    if (/^[^\p{Cc}]+$/u.test(word)) continue;
    throw new UsageError(`boot parameter ${JSON.stringify(word)}: expected printable text`, {
      code: 'BAD_BOOT_PARAMETER',
      remedy: 'remove its control characters',
    });
  }
  const bytes = Buffer.byteLength(all.join(' '));
  if (bytes > MAXIMAL_BYTES) {
    throw new UsageError(
      `boot parameters of ${bytes} bytes: expected at most ${MAXIMAL_BYTES}, the kernel drops more`,
      { code: 'BAD_BOOT_PARAMETER', remedy: 'shorten boot_parameters of this config' },
    );
  }
  return all;
}
