/**
 * `dmesg --color` (util-linux, sys-utils/dmesg.c) ends a colour behind the name of a subsystem, and
 * so within the words that are looked for: lines with these bytes need a closer look.
 */
export const COLOUR_WORDS: readonly string[] = [': \u001b[0m', ':\u001b[0m'];
