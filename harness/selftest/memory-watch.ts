/** Peak memory of this process since the watch began, in MiB. */
export interface MemoryWatch extends Disposable {
  readonly peakMib: number;
}

const MIB = 1024 * 1024;
const SAMPLE_EVERY_MS = 50;

export function watchMemory(): MemoryWatch {
  let peak = 0;
  const sample = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  sample();
  const timer = setInterval(sample, SAMPLE_EVERY_MS);
  return {
    get peakMib() {
      sample();
      return Math.round(peak / MIB);
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
