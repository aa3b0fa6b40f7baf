import picocolors from 'picocolors';
import type { Colors } from '../reporters/paint.ts';

/** Colours on a terminal only: not in logs or on CI services, unless asked for. */
export function colorsFor(
  stream: Pick<NodeJS.WriteStream, 'isTTY'>,
  { NO_COLOR, FORCE_COLOR }: NodeJS.ProcessEnv,
): Colors {
  const isWanted = stream.isTTY === true && !NO_COLOR;
  return picocolors.createColors(isWanted || Boolean(FORCE_COLOR));
}
