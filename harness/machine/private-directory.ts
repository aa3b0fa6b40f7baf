import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InfraError } from '../errors.ts';

/** unix(7): `sun_path` has 108 bytes, the last one a zero. Longer ones get cut. */
const SOCKET_PATH_MAX_BYTES = 107;

/** A folder of one instance, readable by its owner only; disposing removes it and what is in it. */
export interface PrivateDirectory extends AsyncDisposable {
  readonly path: string;
  /** Path of a unix socket in the folder. Throws an InfraError if it is too long for one. */
  socketPath(name: string): string;
}

/** Makes the folder below `parent`, by default the system's folder for temporary files. */
export async function makePrivateDirectory(parent = tmpdir()): Promise<PrivateDirectory> {
  const path = await makeFolder(parent);
  return {
    path,
    socketPath(name) {
      const socket = join(path, name);
      const bytes = Buffer.byteLength(socket);
      if (bytes > SOCKET_PATH_MAX_BYTES) {
        throw new InfraError(
          `expected a socket path of at most ${SOCKET_PATH_MAX_BYTES} bytes, ` +
            `found ${bytes}: ${socket}`,
          { code: 'SOCKET_PATH_TOO_LONG', remedy: 'set TMPDIR to a folder with a shorter path' },
        );
      }
      return socket;
    },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

async function makeFolder(parent: string): Promise<string> {
  try {
    // mkdtemp(3) gives it mode 0700: nobody else can reach the sockets in it.
    return await mkdtemp(join(parent, 'kmx-'));
  } catch (cause) {
    throw new InfraError(`cannot make a folder for the sockets of a guest below ${parent}`, {
      code: 'NO_PRIVATE_DIRECTORY',
      remedy: 'set TMPDIR to a folder that exists and that you may write to',
      cause,
    });
  }
}
