/** Text as UTF-8, without a byte order mark: consoles of Windows hosts are saved as UTF-16. */

const MARKS = [
  { mark: 'efbbbf', encoding: 'utf-8' },
  { mark: 'fffe', encoding: 'utf-16le' },
  { mark: 'feff', encoding: 'utf-16be' },
] as const;

/** Undefined: there is no byte order mark, and the bytes are taken as they are. */
export function encodingOf(head: Buffer): (typeof MARKS)[number]['encoding'] | undefined {
  const beginning = head.toString('hex', 0, 3);
  return MARKS.find(({ mark }) => beginning.startsWith(mark))?.encoding;
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
