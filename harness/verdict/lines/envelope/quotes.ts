/** What mails, issues and tools put before the lines that they quote. */
import { behind } from './opened.ts';
import { DATE_TIME } from './times.ts';

/** Mails. KASAN's `>ffff8881…` is no quote. */
export const MAIL = behind(/^(?:>{1,8} ){1,8}|^>{1,8}(?=\[ *\d)/);
/**
 * An indented block or a table's bar, only before what is certainly a logged line: a kernel indents
 * its own text, and what is merely indented may be documentation.
 */
export const INDENT = behind(
  new RegExp(
    String.raw`^(?:[ \t]{1,32}|[|#] )(?=(?:<\d{1,3}>)?\[ *\d{1,9}\.\d{1,9}\] |\[?${DATE_TIME}\]? |\{")`,
  ),
);
/** Windows editors begin files with it, GitHub each step's log. */
export const BYTE_ORDER_MARK = behind(/^\ufeff/);
