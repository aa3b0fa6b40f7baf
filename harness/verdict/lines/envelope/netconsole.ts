/**
 * A kernel's messages as the network brought them (drivers/net/netconsole.c): who listens puts the
 * sender's address and port before each line, and mostly a time before that. A syslog server takes
 * the address for the name of a host, see syslog.ts.
 */
import { behind, type Envelope, type Sender } from './opened.ts';
import { ADDRESS } from './times.ts';

/** Programs print addresses, too: that tells machines apart, but not a kernel's words from theirs. */
const machine = ([, address = '']: RegExpExecArray): Sender => ({ channel: address });

const BARE = behind(/^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}(?: >|:)? /, machine);
const BRACKETS = behind(
  new RegExp(String.raw`^\[(${ADDRESS})(?::\d{1,5}\]|\]:\d{1,5})(?: >|:)? `),
  machine,
);

export const NETCONSOLE: readonly Envelope[] = [BARE];
export const BRACKETED_NETCONSOLE: readonly Envelope[] = [BRACKETS];
