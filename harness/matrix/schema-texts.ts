/** Forms of texts that several parts of the schema have. */
import { textOf } from './schema-checks.ts';

export const filePath = textOf('a path', /^[^\p{Cc}]+$/u);

export const anyText = textOf('a text without NUL', /^[^\0]*$/);

export const suite = textOf('the name of a Debian suite, such as "bookworm"', /^[a-z][a-z0-9-]*$/);
