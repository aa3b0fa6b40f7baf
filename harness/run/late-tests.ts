import { BOOTS, isSameTest, type RunEvent, type TestId } from '../events.ts';

export interface LateTestsOptions {
  /** Asked before each test begins, except `boots`: a cell that begins may always boot. */
  readonly hasTimeForTest: () => boolean;
  /** Where the cell's events go. */
  readonly emit: (event: RunEvent) => void;
  /** Ends the cell at once: it emits nothing any more. */
  readonly endCell: () => void;
}

/**
 * The events of one cell, up to a test for which there is no time. A worker begins it before the verdict
 * on the previous test is known, so that the cell ends only with that.
 */
export function leaveOutLateTests(options: LateTestsOptions): LateTestsOptions['emit'] {
  const { hasTimeForTest, emit, endCell } = options;
  let running: readonly TestId[] = [];
  let isLate = false;

  function begin(event: Extract<RunEvent, { readonly type: 'test-begin' }>): void {
    isLate ||= !hasTimeForTest();
    if (isLate) return;
    running = [...running, event.test];
    emit(event);
  }

  function end(event: Extract<RunEvent, { readonly type: 'test-end' }>): void {
    running = running.filter((test) => !isSameTest(test, event.test));
    emit(event);
  }

  return (event) => {
    // `boots` is over before others begin, and has no verdict if it had one before the run was resumed.
    const isBoots = 'test' in event && event.test !== undefined && isSameTest(event.test, BOOTS);
    if (event.type === 'test-begin' && !isBoots) begin(event);
    else if (event.type === 'test-end') end(event);
    else emit(event);
    if (isLate && running.length === 0) endCell();
  };
}
