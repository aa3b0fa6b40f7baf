import { decompress } from '../decompress.ts';

/** Kernel kernel/configs.c; the gzip data begins right behind the first mark. */
const BEGIN = Buffer.from('IKCFG_ST\x1f\x8b\x08', 'latin1');
const END = 'IKCFG_ED';
const MARK_BYTES = 8;
/** An image has one; a program that looks for it has the marks, too. */
const PLACES_MAX = 16;
/** Twenty times as long as the longest configuration. */
export const CONFIG_BYTES_MAX = 8 * 1024 * 1024;

/**
 * The text of the configuration in an unpacked kernel, or in its module configs.ko: both have it if
 * they were built with CONFIG_IKCONFIG. Undefined if there is none.
 */
export async function findIkconfig(kernel: Buffer): Promise<Buffer | undefined> {
  let at = kernel.indexOf(BEGIN);
  for (let count = 0; at >= 0 && count < PLACES_MAX; count++) {
    const begin = at + MARK_BYTES;
    const end = kernel.indexOf(END, begin);
    if (end < 0) return undefined;
    const packed = kernel.subarray(begin, end);
    const limits = { bytesMax: CONFIG_BYTES_MAX, what: 'configurations' };
    const unpacked = await decompress(packed, 'gzip', limits);
    if (unpacked.kind === 'content') return unpacked.bytes;
    at = kernel.indexOf(BEGIN, begin);
  }
  return undefined;
}
