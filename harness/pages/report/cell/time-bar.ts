import { h } from '../../element.ts';
import { AXIS_LENGTH, placeOn, type TimeAxis, type TimeSpan } from './time-axis.ts';

/**
 * When a guest came up and when its test ran, on the axis of the cell. Drawn by attributes, since the
 * page's policy allows no styles of elements. Only for the eye: the durations stand beside it.
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
  return h(
    'svg',
    {
      class: 'time',
      viewBox: `0 0 ${AXIS_LENGTH} 8`,
      preserveAspectRatio: 'none',
      'aria-hidden': 'true',
    },
    guest !== undefined &&
      h('path', { class: isRestored ? 'restore' : 'boot', d: pathOf(axis, guest, 2, 4) }),
    test !== undefined && h('path', { class: 'ran', d: pathOf(axis, test, 0, 8) }),
  );
}

function pathOf(axis: TimeAxis, span: TimeSpan, top: number, height: number): string {
  const { from, length } = placeOn(axis, span);
  return `M${from} ${top}h${length}v${height}h-${length}z`;
}
