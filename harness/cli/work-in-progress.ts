/** What is being fetched, unpacked or built, and how far it is. */
import type { KernelProgress } from '../kernels/kernel-context.ts';
import { renderElapsed } from '../reporters/progress.ts';
import { formatBytes } from './format-bytes.ts';

/** Shows such work to the user, until it is disposed of. */
export interface FetchDisplay extends Disposable {
  readonly onProgress: (progress: KernelProgress) => void;
}

export interface Work {
  readonly kind: 'fetch' | 'step';
  readonly beginMs: number;
  readonly kernel: string;
  readonly what: string;
  /** In bytes, or in `unit`; absent where nobody counts. */
  done: number | undefined;
  /** How much was done at the beginning, by earlier commands. */
  readonly doneBefore: number;
  total: number | undefined;
  /** In the plural: `objects`. */
  readonly unit: string;
  /** When the last line about it was logged. */
  toldMs: number;
}

type Named = Extract<KernelProgress, { readonly what: string }>;
type Going = Extract<KernelProgress, { readonly kind: 'fetching' | 'working' }>;

export class WorkList {
  readonly #works = new Map<string, Work>();

  get all(): readonly Work[] {
    return [...this.#works.values()];
  }

  /** Takes note of progress; `isNew` at the first of it. */
  note(progress: Going, nowMs: number): { readonly work: Work; readonly isNew: boolean } {
    const isFetch = progress.kind === 'fetching';
    const before = this.#works.get(keyOf(progress));
    const work = before ?? {
      kind: isFetch ? 'fetch' : 'step',
      ...{ kernel: progress.kernel, what: progress.what, beginMs: nowMs, toldMs: nowMs },
      ...{ done: undefined, total: undefined },
      doneBefore: isFetch ? 0 : (progress.done ?? 0),
      unit: isFetch ? 'bytes' : (progress.unit ?? ''),
    };
    work.done = isFetch ? progress.bytes : progress.done;
    work.total = isFetch ? progress.bytesTotal : progress.total;
    this.#works.set(keyOf(progress), work);
    return { work, isNew: before === undefined };
  }

  /** Forgets what has ended. */
  take(progress: Named): Work | undefined {
    const work = this.#works.get(keyOf(progress));
    this.#works.delete(keyOf(progress));
    return work;
  }
}

function keyOf({ kernel, what }: Named): string {
  return `${kernel}\n${what}`;
}

/** `12 MiB of 27 MiB, 3.1 MiB/s`, `412 of 1310 objects, about 2 min 10 s left`, `14 s`. */
export function describeState(work: Work, nowMs: number): string {
  const { kind, done, doneBefore, total, unit, beginMs } = work;
  if (done === undefined) return renderElapsed(nowMs - beginMs);
  if (kind === 'step') {
    const amount = total === undefined ? `${done} ${unit}` : `${done} of ${total} ${unit}`;
    const leftMs =
      total === undefined
        ? undefined
        : timeLeft(nowMs - beginMs, (done - doneBefore) / (total - doneBefore));
    return leftMs === undefined ? amount : `${amount}, about ${renderElapsed(leftMs)} left`;
  }
  const whole = total === undefined ? '' : ` of ${formatBytes(total)}`;
  return `${formatBytes(done)}${whole}, ${rateOf(done, nowMs - beginMs)}`;
}

/** `fetched linux-image-6.12 6.12.1-1, 28 MiB`, `compiling 6.12.117: done`. */
export function describeDone(
  progress: Extract<KernelProgress, { readonly kind: 'fetched' | 'worked' }>,
): string {
  if (progress.kind === 'worked') return `${progress.what}: done`;
  const { what, bytes } = progress;
  return `fetched ${what},${bytes === 0 ? '' : ` ${formatBytes(bytes)}`}`;
}

/** Less than this is too little to extrapolate from. */
const LEAST_SHARE = 0.05;
const LEAST_MS = 5000;
/** More digits would look like precision. */
const ROUND_TO_MS = 10_000;

function timeLeft(elapsedMs: number, share: number): number | undefined {
  if (share < LEAST_SHARE || share >= 1 || elapsedMs < LEAST_MS) return undefined;
  const leftMs = (elapsedMs * (1 - share)) / share;
  return Math.ceil(leftMs / ROUND_TO_MS) * ROUND_TO_MS;
}

export function rateOf(bytes: number, elapsedMs: number): string {
  return `${formatBytes(elapsedMs > 0 ? (bytes * 1000) / elapsedMs : 0)}/s`;
}
