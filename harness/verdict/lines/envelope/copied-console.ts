/** A guest's console in the log of what runs the guest. */
import { QUOTED, undoEscapes } from './escapes.ts';
import type { Opened } from './opened.ts';

/** Kata's shim in Go (virtcontainers/sandbox.go): logfmt or an object of JSON. */
const VMCONSOLE = new RegExp(String.raw`(?:^|[\s{,"])vmconsole"?[=:] ?(?:${QUOTED}|([^\s"\\]+))`);
const SANDBOX = /(?:^|[\s{,"])sandbox"?[=:] ?"?([\w-]{1,64})/;
/** Kata's runtime in Rust and dragonball: the text of a log's entry. */
const CONSOLE = /^(?:(?:vm|guest) console|console): /;
const WHOLE_QUOTED = new RegExp(`^${QUOTED}$`);

/** @param sandbox Which guest it is, if an outer envelope told. */
export function openGuestConsole(
  text: string,
  isLogged: boolean,
  sandbox?: string,
): Opened | undefined {
  const copied = text.includes('vmconsole') ? VMCONSOLE.exec(text) : null;
  if (copied !== null) {
    const [, quoted, bare = ''] = copied;
    return consoleOf(quoted === undefined ? bare : undoEscapes(quoted), SANDBOX.exec(text)?.[1]);
  }
  const match = CONSOLE.exec(text);
  if (match === null || !(isLogged || match[0].startsWith('vm '))) return undefined;
  const said = text.slice(match[0].length);
  const quoted = WHOLE_QUOTED.exec(said)?.[1];
  return consoleOf(quoted === undefined ? said : undoEscapes(quoted), sandbox);
}

const COPIED = 'console of ';

/** Without a sandbox's name, the log is of one guest. */
function consoleOf(text: string, sandbox = 'the guest'): Opened {
  return { text, sender: { channel: `${COPIED}${sandbox}` }, wrapping: 'console' };
}

/** Whether a shim copied what this channel says from a guest's console. */
export function isCopiedConsole(channel: string): boolean {
  return channel.startsWith(COPIED);
}
