/** A first look, in bytes, for lines that show how the kernel's lines differ from others. */

/** printk's stamp or caller; the calendar's time of `dmesg -T`. */
const STAMP =
  /\[ *(?:\d+\.\d{6}|[TC]\d+)\]|\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}\]|^\[ *\d{1,9}\.\d{1,9}\]/m;
/** Tags of syslog, the journal's objects and `dmesg -x`. */
const TAGS = [' kernel: ', '"kernel"', 'kern  :'].map((tag) => Buffer.from(tag));

/** Index of the first such mark in `from` to `to`, or -1. */
export function findKernelLine(bytes: Buffer, from: number, to: number): number {
  const range = bytes.subarray(from, to);
  const tags = TAGS.map((tag) => range.indexOf(tag)).filter((at) => at !== -1);
  const tag = Math.min(range.length, ...tags);
  const stamp = findStamp(range.subarray(0, tag));
  if (stamp !== -1) return from + stamp;
  return tags.length === 0 ? -1 : from + tag;
}

function findStamp(range: Buffer): number {
  const bracket = range.indexOf('[');
  if (bracket === -1) return -1;
  const at = range.toString('latin1', bracket).search(STAMP);
  return at === -1 ? -1 : bracket + at;
}
