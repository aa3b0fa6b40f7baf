/** What dmesg, netconsole and readers of /dev/kmsg put before a kernel's lines. */
import { undoEscapes } from './escapes.ts';
import { behind, type Envelope, KERNEL } from './opened.ts';
import { DAY, ISO_TIME, MONTH } from './times.ts';

/** `dmesg -T`; `dmesg -H`, whose later lines only have what has passed since; `dmesg -d`. */
const CALENDAR = behind(
  new RegExp(String.raw`^\[${DAY} ${MONTH} [ \d]\d \d\d:\d\d:\d\d \d{4}\] ?`),
  () => KERNEL,
);
const HUMAN = behind(
  new RegExp(String.raw`^\[(?:${MONTH} ?[ \d]\d \d\d:\d\d| *\+\d{1,9}\.\d{6})\] ?`),
  () => KERNEL,
);
const DELTA = behind(/^\[ *\d{1,9}\.\d{6} < *\d{1,9}\.\d{6} ?>\] ?/, () => KERNEL);
/** `dmesg --time-format iso`: nobody else has a comma in this form. */
const ISO = behind(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d,\d{6}[+-]\d\d:\d\d /, () => KERNEL);

const LEVEL = '(?:emerg|alert|crit|err|warn|notice|info|debug)';
/** `dmesg -x`: facility and level. */
const KERNEL_LEVEL = behind(new RegExp(`^kern {0,6}: ?${LEVEL} {0,6}: ?`), () => KERNEL);
/** A program wrote to /dev/kmsg, and printk put its stamp before it. */
const PROGRAM_LEVEL = behind(
  new RegExp(
    String.raw`^(user|mail|daemon|auth|syslog|cron|authpriv|local\d) {0,6}: ?${LEVEL} {0,6}: ?(?:\[ *\d{1,9}\.\d{1,9}\] )?`,
  ),
  ([, facility = '']) => ({ writer: facility, tag: 'program' }),
);

/** `talosctl dmesg`: the machine, facility and level, and the time in brackets. */
const TALOS = behind(
  new RegExp(
    String.raw`^([\w.:-]{1,64}): (kern|user|daemon): {1,8}(?:warning|error|${LEVEL}): \[${ISO_TIME}\]: ?`,
  ),
  ([, machine = '', facility = '']) =>
    facility === 'kern'
      ? { ...KERNEL, channel: machine }
      : { writer: facility, tag: 'program', channel: machine },
);

/** /dev/kmsg and netconsole: priority, number, time, flags, perhaps more; then the text. */
const RECORD = /^(\d{1,4}),\d{1,20},\d{1,20},[-c+](?:,caller=([TC]\d{1,10}))?(?:,[^;]{0,200})?;/;

const openRecord: Envelope = (text) => {
  const match = RECORD.exec(text);
  if (match === null) return undefined;
  const [head, priority, caller] = match;
  const said = undoEscapes(text.slice(head.length));
  const facility = Number(priority) >> 3;
  if (facility !== 0)
    return { text: said, sender: { writer: `facility ${facility}`, tag: 'program' } };
  return { text: caller === undefined ? said : `[ ${caller}] ${said}`, sender: KERNEL };
};

/** `dmesg -r`, and consoles that show priorities. */
export const PRIORITY = behind(/^<\d{1,3}>/);

export const BRACKETED_DMESG: readonly Envelope[] = [CALENDAR, HUMAN, DELTA];
export const DMESG_LEVELS: readonly Envelope[] = [TALOS, KERNEL_LEVEL, PROGRAM_LEVEL];
export const DMESG_NUMBERS: readonly Envelope[] = [ISO, TALOS, openRecord];
