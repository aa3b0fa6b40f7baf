import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Duplex, duplexPair } from 'node:stream';

/** Lines of a recorded conversation: `< ` came from QEMU, `> ` was sent to it. */
export function readRecording(name: string): readonly string[] {
  const file = new URL(`../qemu/testdata/${name}`, import.meta.url);
  return readFileSync(file, 'utf8').trimEnd().split('\n');
}

/**
 * Plays QEMU's part on the returned stream: each command has to be the recorded one, and is then
 * answered as recorded. `write` sends QEMU's bytes, by default a line at a time.
 */
export function replayQmp(
  recording: readonly string[],
  write: (peer: Duplex, line: string) => void = (peer, line) => peer.write(line),
): Duplex {
  const [client, peer] = duplexPair();
  void play();
  return client;

  async function play(): Promise<void> {
    const commands = createInterface({ input: peer })[Symbol.asyncIterator]();
    for (const line of recording) {
      if (line.startsWith('< ')) {
        write(peer, `${line.slice(2)}\r\n`);
        continue;
      }
      const { value, done } = await commands.next();
      if (done) return;
      if (value !== line.slice(2)) peer.destroy(new Error(`expected ${line}, got ${value}`));
    }
    peer.end();
  }
}
