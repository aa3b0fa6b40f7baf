/**
 * JSON from a guest. JSON.parse has no limits: 10 KB can be nested too deeply for JSON.stringify, and
 * 4 MiB can become millions of objects. No library checks both before it parses, hence the scan.
 */
import { ChannelFault } from './channel-fault.ts';

/** The deepest real message, the list of processes, has five levels. */
export const DEPTH_MAX = 16;
/** Values in one message, including nested ones. */
export const VALUES_MAX = 2 ** 18;

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPENING = [0x5b, 0x7b];
const CLOSING = [0x5d, 0x7d];

/** Throws a ChannelFault for malformed JSON, and for JSON that is nested too deeply or too large. */
export function parseLimitedJson(bytes: Uint8Array): unknown {
  checkLimits(bytes);
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
  } catch (error) {
    throw new ChannelFault('GARBLED', 'a message has the right checksum, but is not JSON', error);
  }
}

/** Reads each byte once. Malformed JSON is left to JSON.parse. */
function checkLimits(bytes: Uint8Array): void {
  let depth = 0;
  let values = 1;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) at = endOfString(bytes, at + 1);
    else if (byte === COMMA) values += 1;
    else if (OPENING.includes(byte)) {
      depth += 1;
      values += 1;
    } else if (CLOSING.includes(byte)) depth -= 1;
    if (depth > DEPTH_MAX || values > VALUES_MAX) {
      throw new ChannelFault(
        'OVERSIZED',
        `a message is nested deeper than ${DEPTH_MAX} levels, or has more than ${VALUES_MAX} values`,
      );
    }
  }
}

/** The position of the closing quote. */
function endOfString(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}
