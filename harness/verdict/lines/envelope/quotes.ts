/** What mails, issues and tools put before the lines that they quote. */
import { behind } from './opened.ts';

/** Mails. KASAN's `>ffff8881…` is no quote. */
export const MAIL = behind(/^(?:>{1,8} ){1,8}|^>{1,8}(?=\[ *\d)/);
/** Windows editors begin files with it, GitHub each step's log. */
export const BYTE_ORDER_MARK = behind(/^\ufeff/);

/** An indented block, a table's bar, a test's comment. */
export const INDENT = /^(?:[ \t]{1,32}|[|#] )(?=[^\s|#])/;
