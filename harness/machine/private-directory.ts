import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InfraError } from '../errors.ts';
import { ownedPrefix, removeAbandoned } from './owner.ts';

/** unix(7): `sun_path` has 108 bytes, the last one a zero. Longer paths are cut off. */
const SOCKET_PATH_MAX_BYTES = 107;

/**
 * One instance's folder, readable by its owner only. Disposing removes it with everything in it,
 * and so does the exit of this process. If it is killed, the next process that creates one there
 * removes it.
 */
export interface PrivateDirectory extends AsyncDisposable {
  readonly path: string;
  /** Path of a unix socket in the folder. Throws an InfraError if it is too long. */
  socketPath(name: string): string;
}

/** Folders that this process has cleared of what killed processes left. */
const swept = new Map<string, Promise<void>>();

/** Creates the folder below `parent`, by default the system's folder for temporary files. */
export async function makePrivateDirectory(parent = tmpdir()): Promise<PrivateDirectory> {
  const sweeping = swept.get(parent) ?? removeAbandoned(parent);
  swept.set(parent, sweeping);
  await sweeping;
  const path = await makeFolder(parent);
  const keepOnExit = removeOnExit(path);
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
    async [Symbol.asyncDispose]() {
      await rm(path, { recursive: true, force: true });
      keepOnExit();
    },
  };
}

/** Returns a function that cancels it. */
function removeOnExit(path: string): () => void {
  const remove = () => rmSync(path, { recursive: true, force: true });
  // One listener a guest is no leak; Node would warn of one at more than ten.
  process.setMaxListeners(process.getMaxListeners() + 1);
  process.on('exit', remove);
  return () => {
    if (!process.listeners('exit').includes(remove)) return;
    process.off('exit', remove);
    process.setMaxListeners(process.getMaxListeners() - 1);
  };
}

async function makeFolder(parent: string): Promise<string> {
  try {
    // mkdtemp(3) sets mode 0700: nobody else can reach the sockets in it.
    return await mkdtemp(join(parent, ownedPrefix()));
  } catch (cause) {
    throw new InfraError(`cannot create a folder for a guest's sockets below ${parent}`, {
      code: 'NO_PRIVATE_DIRECTORY',
      remedy: 'set TMPDIR to an existing folder that you can write to',
      cause,
    });
  }
}
