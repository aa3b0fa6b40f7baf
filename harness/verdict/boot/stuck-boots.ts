/**
 * Guests that are alive but get nowhere: the kernel works, and what it has started has given up. A
 * boot that is stuck says so several times; it is one finding, with the first reason given.
 */
import { toLine } from '../../text.ts';
import { createStuckReasons, REASON_WORDS } from './stuck-reasons.ts';
import { SIGN_WORDS, STUCK_SIGNS, type StuckSign } from './stuck-signs.ts';

export interface StuckBoot {
  readonly title: string;
  readonly place?: string;
}

export interface StuckBoots {
  /** @param writer Who printed the line, if that is known from elsewhere. */
  take(text: string, end: number, writer?: string): StuckBoot | undefined;
  /** The guest boots once more. */
  restart(): void;
}

/** Every line that is looked at contains one of these. */
export const STUCK_WORDS: readonly string[] = [
  'Assertion ',
  'Kernel command line: ',
  'rescue mode',
  'Spawning shell within',
  ...SIGN_WORDS,
  ...REASON_WORDS,
];

/** systemd, src/basic/log.c: log_assert_failed */
const ASSERTION =
  /^Assertion '(.{1,128}?)' failed at (?:\.\.\/){0,4}(?:src\/)?([\w.-]{1,64}(?:\/[\w.-]{1,64}){0,4}:\d{1,6}), function \w+/;
/** Someone wants a shell instead of a boot. */
const ASKED =
  /[Cc]ommand line: (?:.* )?(?:systemd\.unit=(?:emergency|rescue)\S*|emergency|rescue|single|(?:rd\.)?break(?:=\S*)?)(?: |$)|^(?:You are in rescue mode|Spawning shell within the initramfs)/;
/** Who printed a line, where the line says so itself. */
const WRITER =
  /^(?:systemd(?:\[1\])?|dracut-[\w-]{1,24}(?:\[\d{1,8}\])?|systemd-fsck(?:\[\d{1,8}\])?|\/?init): (?=\S)/;

/** Of a user, not of the machine. */
const OTHER_SYSTEMD = /^systemd\[(?!1\])/;

export function createStuckBoots(): StuckBoots {
  const reasons = createStuckReasons();
  let assertion: { readonly what: string; readonly place: string } | undefined;
  let isStuck = false;
  let isAsked = false;

  function take(line: string, end: number, writer = ''): StuckBoot | undefined {
    if (OTHER_SYSTEMD.test(writer)) return undefined;
    const named = writer.startsWith('dracut') ? `dracut: ${line}` : line.replace(WRITER, '');
    const text = named.replace(/^dracut: (?=Warning)/, '');
    reasons.add(text, end);
    const failed = ASSERTION.exec(text);
    if (failed !== null) assertion = { what: failed[1] ?? '', place: failed[2] ?? '' };
    isAsked ||= ASKED.test(text);
    const boot = isStuck ? undefined : find(text, end);
    isStuck ||= boot !== undefined;
    return boot;
  }

  function find(text: string, end: number): StuckBoot | undefined {
    for (const sign of STUCK_SIGNS) {
      const match = sign.text.exec(text);
      if (match !== null) return sign.isShell && isAsked ? undefined : describe(sign, match, end);
    }
    return undefined;
  }

  function describe(sign: StuckSign, match: RegExpExecArray, end: number): StuckBoot | undefined {
    const { title, reasonIn } = sign;
    const reason = reasonIn === undefined ? undefined : reasons.find(reasonIn, end);
    // A shell without a reason is what someone works with.
    if (reasonIn === 'root' && reason === undefined) return undefined;
    if (!match[0].includes('<ABRT>') || assertion === undefined) {
      return { title: toLine(withReason(title(match), reason)) };
    }
    const { what, place } = assertion;
    return { title: toLine(`${title(match)}: assertion failed: ${what} at ${place}`), place };
  }

  return {
    take,
    restart() {
      isStuck = false;
      isAsked = false;
      assertion = undefined;
      reasons.clear();
    },
  };
}

/** A reason that says the same at greater length takes the place of what it explains. */
function withReason(title: string, reason: string | undefined): string {
  if (reason === undefined) return title;
  const [, head, what] = /^([^:]+): (.*)$/.exec(title) ?? [];
  if (what === undefined) return `${title}: ${reason}`;
  return reason.startsWith(what) ? `${head}: ${reason}` : `${title} (${reason})`;
}
