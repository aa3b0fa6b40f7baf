/** A stream with its first bytes known: what they are says how the rest is to be read. */
export interface Headed {
  /** At most as many bytes as were asked for; fewer only if the stream has no more. */
  readonly head: Buffer;
  /** All bytes, with those. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** A source that fails before that gives what it has, and its error comes after that. */
export async function takeHead(source: AsyncIterable<Uint8Array>, bytes: number): Promise<Headed> {
  const iterator = source[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  let failure: { readonly error: unknown } | undefined;
  while (length < bytes && failure === undefined) {
    const next = await iterator.next().catch((error: unknown) => ({ error }));
    if ('error' in next) failure = next;
    else if (next.done === true) break;
    else {
      first.push(next.value);
      length += next.value.length;
    }
  }

  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield* first;
      if (failure !== undefined) throw failure.error;
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
        yield next.value;
      }
    } finally {
      await iterator.return?.();
    }
  }
  return { head: Buffer.concat(first).subarray(0, bytes), chunks: all() };
}
