/** A program in a pseudo-terminal of this host, driven as by a user who reads before typing. */
import { type IPty, spawn } from '@lydell/node-pty';

export interface PtySession {
  readonly pty: IPty;
  /** What was shown up to and including the match, since the last call. Rejects if the program ends first. */
  until(pattern: RegExp): Promise<string>;
  type(keys: string): void;
  readonly exitCode: Promise<number>;
}

/** Runs a shell's script. */
export function startInPty(script: string, environment: NodeJS.ProcessEnv): PtySession {
  const pty = spawn('/bin/sh', ['-c', script], {
    ...{ cols: 90, rows: 25, name: 'xterm-256color' },
    env: { ...environment } as Record<string, string>,
  });
  let shown = '';
  let hasEnded = false;
  let changed = Promise.withResolvers<void>();
  const tell = (): void => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  pty.onData((text) => {
    shown += text;
    tell();
  });
  const exitCode = new Promise<number>((resolve) => {
    pty.onExit((end) => {
      hasEnded = true;
      tell();
      resolve(end.exitCode);
    });
  });
  return {
    pty,
    exitCode,
    type: (keys) => pty.write(keys),
    async until(pattern) {
      for (;;) {
        const match = pattern.exec(shown);
        if (match !== null) {
          const end = match.index + match[0].length;
          const text = shown.slice(0, end);
          shown = shown.slice(end);
          return text;
        }
        if (hasEnded) throw new Error(`ended before ${pattern} was shown: ${shown}`);
        await changed.promise;
      }
    },
  };
}
