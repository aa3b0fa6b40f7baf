/** The most memory that this process had while something ran, in MiB. */
export interface MemoryWatch extends Disposable {
  readonly peakMib: number;
}

const MIB = 1024 * 1024;
const LOOK_EVERY_MS = 50;

export function watchMemory(): MemoryWatch {
  let peak = 0;
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  return {
    get peakMib() {
      look();
      return Math.round(peak / MIB);
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
