/** What mails, issues and tools put before the lines that they quote. */
import { behind } from './opened.ts';

/** Windows editors begin files with it, GitHub each step's log. */
export const BYTE_ORDER_MARK = behind(/^\ufeff/);

/** A mail's marks, an indented block, a table's bar, a test's comment. */
export const QUOTE = /^(?:(?:>{1,8} ){1,8}|>{1,8}(?=\[)|[ \t]{1,32}|[|#] )(?=[^\s|#>])/;
