import { h } from '../../element.ts';
import { AXIS_LENGTH, placeOn, type TimeAxis, type TimeSpan } from './time-axis.ts';

/**
 * When a guest came up and when its test ran, on the axis of the cell: thin and thick. Drawn by attributes,
 * since the page's policy allows no styles of elements. Only for the eye: the durations stand beside it.
 */
export function TimeBar({
  axis,
  guest,
  isRestored,
  test,
}: {
  readonly axis: TimeAxis;
  readonly guest: TimeSpan | undefined;
  readonly isRestored: boolean;
  readonly test: TimeSpan | undefined;
}) {
  const cameUp = guest === undefined ? '' : pathOf(axis, guest, 3, 2);
  const ran = test === undefined ? '' : pathOf(axis, test, 0, 8);
  return h(
    'svg',
    { viewBox: `0 0 ${AXIS_LENGTH} 8`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    // One path for both: there is a bar for each of thousands of tests.
    h('path', { d: isRestored ? cameUp + ran : ran }),
    !isRestored && h('path', { class: 'boot', d: cameUp }),
  );
}

function pathOf(axis: TimeAxis, span: TimeSpan, top: number, height: number): string {
  const { from, length } = placeOn(axis, span);
  return `M${from} ${top}h${length}v${height}h-${length}z`;
}
