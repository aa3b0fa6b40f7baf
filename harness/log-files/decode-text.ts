/** Text as UTF-8, without a byte order mark: consoles of Windows hosts are saved as UTF-16. */

const MARKS = [
  { mark: 'efbbbf', encoding: 'utf-8' },
  { mark: 'fffe', encoding: 'utf-16le' },
  { mark: 'feff', encoding: 'utf-16be' },
] as const;

type Encoding = (typeof MARKS)[number]['encoding'];

/** Undefined: nothing says that it is any of these, and the bytes are taken as they are. */
export function encodingOf(head: Buffer): Encoding | undefined {
  const beginning = head.toString('hex', 0, 3);
  return MARKS.find(({ mark }) => beginning.startsWith(mark))?.encoding ?? unmarked(head);
}

const LOOKED_AT_BYTES = 256;
const LOOKED_AT_BYTES_MIN = 16;

/** Most of what logs say is ASCII, of which UTF-16 has every other byte zero. */
function unmarked(head: Buffer): Encoding | undefined {
  const bytes = head.subarray(0, LOOKED_AT_BYTES);
  if (bytes.length < LOOKED_AT_BYTES_MIN) return undefined;
  const zeros = { even: 0, odd: 0 };
  for (const [index, byte] of bytes.entries()) {
    if (byte === 0) zeros[index % 2 === 0 ? 'even' : 'odd'] += 1;
  }
  const most = 0.45 * bytes.length;
  const few = 0.05 * bytes.length;
  if (zeros.odd > most && zeros.even < few) return 'utf-16le';
  return zeros.even > most && zeros.odd < few ? 'utf-16be' : undefined;
}

export async function* decodeText(
  chunks: AsyncIterable<Uint8Array>,
  encoding: NonNullable<ReturnType<typeof encodingOf>>,
): AsyncGenerator<Uint8Array> {
  if (encoding === 'utf-8') {
    // A log may have bytes that are no UTF-8: only the mark goes.
    let toDrop = 3;
    for await (const chunk of chunks) {
      yield chunk.subarray(toDrop);
      toDrop -= Math.min(toDrop, chunk.length);
    }
    return;
  }
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}
