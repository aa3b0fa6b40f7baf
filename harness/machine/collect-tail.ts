/** Reads the stream to its end and keeps its last bytes. Returns a function to what they are by now. */
export function collectTail(stream: NodeJS.ReadableStream, maxBytes: number): () => string {
  let tail = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    tail = Buffer.concat([tail, chunk]).subarray(-maxBytes);
  });
  return () => tail.toString('utf8').trimEnd();
}
