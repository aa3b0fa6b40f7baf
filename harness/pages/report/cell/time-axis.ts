import { BOOTS } from '../../../events.ts';
import type { CellReport, TestReport } from '../../../report/schema.ts';

/** The time that a cell took, from its first guest or test to its last. Since the run began. */
export interface TimeAxis {
  readonly startMs: number;
  readonly endMs: number;
}

export interface TimeSpan {
  readonly startMs: number;
  readonly durationMs: number;
}

/** Undefined if nothing in the cell says when it was. */
export function axisOf({
  tests,
  guests,
}: Pick<CellReport, 'tests' | 'guests'>): TimeAxis | undefined {
  const spans = [...tests.flatMap((test) => spanOfTest(test)), ...guests.flatMap(spanOfGuest)];
  if (spans.length === 0) return undefined;
  let [startMs, endMs] = [Number.POSITIVE_INFINITY, 0];
  for (const span of spans) {
    startMs = Math.min(startMs, span.startMs);
    endMs = Math.max(endMs, span.startMs + span.durationMs);
  }
  return { startMs, endMs };
}

/**
 * A test begins by asking for a guest, and its duration is without the wait. The test `boots` is over
 * once its guest is up, so what it took is the guest's.
 * @param guest When the guest that came up for it did.
 */
export function spanOfTest(
  { file, startMs, durationMs }: Pick<TestReport, 'file' | 'startMs' | 'durationMs'>,
  guest?: TimeSpan,
): readonly TimeSpan[] {
  if (startMs === undefined || (file === BOOTS.file && guest !== undefined)) return [];
  const readyMs = guest === undefined ? 0 : guest.startMs + guest.durationMs;
  return [{ startMs: Math.max(startMs, readyMs), durationMs }];
}

/** From its start until its agent was healthy. */
export function spanOfGuest({
  startMs,
  bootMs,
}: CellReport['guests'][number]): readonly TimeSpan[] {
  return startMs === undefined ? [] : [{ startMs, durationMs: bootMs ?? 0 }];
}

/** How many parts an axis has. */
export const AXIS_LENGTH = 1000;
/** What took no time at all is still seen. */
const SEEN_MIN = 2;

/** Where a span is on an axis: whole numbers from 0 to `AXIS_LENGTH`. */
export function placeOn(
  { startMs, endMs }: TimeAxis,
  span: TimeSpan,
): { readonly from: number; readonly length: number } {
  const scale = AXIS_LENGTH / Math.max(1, endMs - startMs);
  const length = Math.max(SEEN_MIN, Math.round(span.durationMs * scale));
  const from = Math.min(Math.round((span.startMs - startMs) * scale), AXIS_LENGTH - length);
  return { from: Math.max(0, from), length };
}
