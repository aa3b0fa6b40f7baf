/** Lines of syslog and the journal: a time, mostly a host, and the tag of who wrote it. */
import { type Envelope, KERNEL, type Opened } from './opened.ts';
import { openTag, programOf } from './program-tag.ts';
import { ADDRESS, DATE_TIME, ISO_TIME } from './times.ts';

const PRIORITY = String.raw`(?:<\d{1,3}>)?`;
/** Seconds since 1970 are `journalctl -o short-unix`. */
const TIME = new RegExp(String.raw`^${PRIORITY}(?:${DATE_TIME}|\d{10}\.\d{6}) `);
/** `journalctl -o short-monotonic` and short-delta, or a printk whose text is a program's. */
const MONOTONIC = new RegExp(
  String.raw`^${PRIORITY}\[ *\d{1,9}\.\d{1,9}(?: < *\d{1,9}\.\d{1,9} ?>)?\](?: ?\[ *[TC]\d[^\]]{0,40}\])? `,
);
/** busybox names facility and level after it. */
const HOST =
  /^[\w.:-]{1,255}(?<!:) (?:(?:kern|user|mail|daemon|auth|syslog|cron|authpriv|local\d)\.[a-z]{3,7} )?/;
/** OpenWrt's logread has no host. */
const LEVEL = /^(?:kern|user|daemon|auth|syslog|cron|authpriv|local\d)\.[a-z]{3,7} /;
const KERNEL_TAG = /^kernel: ?/;
/**
 * A name without a pid, after a host. Two words of anybody's look like that, too: of a fault, whose
 * count follows (`invalid opcode: 0000 [#1]`), of what stands alone on its line (`Call Trace:`), and
 * of programs that die. CI services write their time without a host, and it ends in `Z`.
 */
const NAME = /^([a-z_][\w./@+-]{0,127}): (?! *$)(?![0-9a-f]{4,16} .{0,20}\[#\d)/;
const NO_HOST =
  /^(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|fatal|Assertion|Internal|invalid|general|[Kk]ernel|memory|thread|panic|runtime) /;
/**
 * What the kernel says behind a host's name, sent by netconsole without a tag: about a program, or
 * with the name of one of its own parts.
 */
const KERNELS_OWN =
  /^(?:[^\s:]{1,64}\[\d{1,10}\]|BUG|WARNING|INFO|Oops|UBSAN|watchdog|rcu|traps|cfi|usercopy|kmemleak|refcount_t|unregister_netdevice|reboot|sysrq): |^(?:Kernel panic - |kernel BUG at )/;
/** The host of what a syslog server got from netconsole: mostly nobody's tag follows. */
const ADDRESS_HOST = new RegExp(String.raw`^(${ADDRESS})(?::\d{1,5})? (?!> )`);
const UTC_TIME = /^\S+Z $/;

/** RFC 5424: version, time, host, program, pid, kind and structured data. */
const RFC5424 = new RegExp(
  String.raw`^<\d{1,3}>1 (?:-|${ISO_TIME}) \S{1,255} (\S{1,48}) (\S{1,128}) \S{1,32} (?:-|(?:\[[^\]]{0,1024}\]){1,8})(?: \ufeff?|$)`,
);

/** rsyslog writes control characters as octal numbers. */
function undoRsyslog(text: string): string {
  return text.replace(/#(0[0-3][0-7])/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

function openTagged(text: string, mayLackPid: boolean): Opened | undefined {
  const kernel = KERNEL_TAG.exec(text);
  if (kernel !== null) return { text: undoRsyslog(text.slice(kernel[0].length)), sender: KERNEL };
  const tagged = openTag(text);
  if (tagged !== undefined) return { ...tagged, text: undoRsyslog(tagged.text) };
  const name = mayLackPid ? NAME.exec(text) : null;
  if (name === null) return undefined;
  return { text: undoRsyslog(text.slice(name[0].length)), sender: programOf(name[1] ?? '') };
}

export const openSyslog: Envelope = (text) => {
  const time = TIME.exec(text);
  if (time === null) return undefined;
  const rest = text.slice(time[0].length).trimStart();
  const own = openTagged(rest.replace(LEVEL, ''), false);
  if (own !== undefined) return own;
  const host = HOST.exec(rest);
  if (host === null) return undefined;
  const behindHost = rest.slice(host[0].length);
  const mayBeHost = !UTC_TIME.test(time[0]) && !NO_HOST.test(host[0]);
  const address = ADDRESS_HOST.exec(rest)?.[1];
  const mayLackPid = mayBeHost && address === undefined && !KERNELS_OWN.test(behindHost);
  const tagged = openTagged(behindHost, mayLackPid);
  if (tagged !== undefined) return tagged;
  if (address !== undefined) return { text: behindHost, sender: { channel: address } };
  return mayBeHost && KERNELS_OWN.test(behindHost) ? { text: behindHost } : undefined;
};

export const openMonotonic: Envelope = (text) => {
  // Most lines of a kernel have neither tag, and end here.
  if (!text.includes(']:') && !text.includes('kernel:')) return undefined;
  const time = MONOTONIC.exec(text);
  if (time === null) return undefined;
  const rest = text.slice(time[0].length);
  const own = openTagged(rest, false);
  if (own !== undefined) return own;
  const host = /^[\w.-]{1,255} /.exec(rest);
  return host === null ? undefined : openTagged(rest.slice(host[0].length), false);
};

export const openRfc5424: Envelope = (text) => {
  const match = RFC5424.exec(text);
  if (match === null) return undefined;
  const [head, name = '', pid = '-'] = match;
  const sender =
    name === 'kernel'
      ? KERNEL
      : name === '-'
        ? undefined
        : programOf(pid === '-' ? name : `${name}[${pid}]`);
  const rest = undoRsyslog(text.slice(head.length));
  return sender === undefined ? { text: rest } : { text: rest, sender };
};

/** `journalctl -o verbose` and export. */
export const openField: Envelope = (text) => {
  const field = /^ {0,8}MESSAGE=/.exec(text);
  return field === null ? undefined : { text: text.slice(field[0].length) };
};
