/** A compiler of kernel sources needs up to this much memory; linking needs no more than a few of them. */
const BYTES_PER_JOB = 400 * 1024 * 1024;

/** How many compilers run at once: one for each CPU, as memory allows. */
export function buildJobs(host: { readonly cpus: number; readonly freeBytes: number }): number {
  return Math.max(1, Math.min(host.cpus, Math.floor(host.freeBytes / BYTES_PER_JOB)));
}
