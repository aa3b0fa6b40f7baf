import { PackingFault, unpackStream } from '../kernels/archive/unpack-stream.ts';
import { LogFault } from './log-fault.ts';

/** The content of a compressed stream, or the stream as it is. What follows damage is a LogFault. */
export async function* unpack(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* unpackStream(source);
  } catch (error) {
    if (error instanceof PackingFault) throw asLogFault(error);
    throw error;
  }
}

function asLogFault({ compression, problem }: PackingFault): LogFault {
  switch (problem.kind) {
    case 'damaged':
      return new LogFault(
        `expected whole ${compression} data, found them damaged after ${problem.bytes} bytes of text (${problem.why})`,
        { remedy: 'get the file again: what comes before the damage was classified' },
      );
    case 'no-program':
      return new LogFault(
        `it is packed with ${compression}, and ${problem.program} is not installed`,
        {
          remedy: `install it (on Debian: apt-get install ${problem.package}), or unpack the file first`,
        },
      );
  }
}
