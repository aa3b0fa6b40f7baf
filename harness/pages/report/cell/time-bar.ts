import { type PlainTest, pathOf, THICK, THIN } from '../../client/plain-tests.ts';
import { h } from '../../element.ts';
import { AXIS_LENGTH } from './time-axis.ts';

/**
 * When a guest came up and when its test ran, on the axis of the cell: thin and thick. Drawn by attributes,
 * since the page's policy allows no styles of elements. Only for the eye: the durations stand beside it.
 */
export function TimeBar({ ran, cameUp, isBooted }: Pick<PlainTest, 'ran' | 'cameUp' | 'isBooted'>) {
  return h(
    'svg',
    { viewBox: `0 0 ${AXIS_LENGTH} 8`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    cameUp !== undefined &&
      h('path', { class: isBooted ? 'boot' : undefined, d: pathOf(cameUp, THIN) }),
    ran !== undefined && h('path', { d: pathOf(ran, THICK) }),
  );
}
