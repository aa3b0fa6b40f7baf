/** What a matrix file may ask of a kernel's configuration: `fragments` and `symbols`. */
import { z } from 'zod';
import { quote } from './problem.ts';
import { addCheck, setOf, textOf } from './schema-checks.ts';

/** The symbol without `CONFIG_`, and its value as a `.config` has it. */
const LINE =
  /^CONFIG_([A-Za-z0-9_]+)=(-?\d+|0[xX][0-9A-Fa-f]+|[ymn]|"(?:[^"\\\p{Cc}]|\\["\\])*")$/u;

const FORM = 'CONFIG_NAME= and y, m, n, a number or a text in double quotes';

const line = addLineCheck(z.string()).meta({ pattern: LINE.source });

/** Suggests what was probably meant, for the usual slips. */
function addLineCheck(text: z.ZodString): z.ZodString {
  return text.check(({ value, issues }) => {
    if (LINE.test(value)) return;
    const params = { code: 'WRONG_VALUE', expected: FORM, ...suggestionFor(value) };
    const message = `${quote(value)} is no line of a kernel's configuration`;
    issues.push({ code: 'custom', input: value, message, params });
  });
}

function suggestionFor(value: string): { readonly suggestion?: string } {
  const [, off] = /^\s*#?\s*(?:CONFIG_)?(\w+) is not set\s*$/.exec(value) ?? [];
  const [, name, setting = 'y'] = /^\s*(?:CONFIG_)?(\w+)\s*(?:=\s*(.*\S)\s*)?$/.exec(value) ?? [];
  const word = setting.toLowerCase();
  const meant = { yes: 'y', no: 'n', module: 'm' }[word] ?? (/^[ymn]$/.test(word) ? word : setting);
  const suggestion =
    off === undefined ? `CONFIG_${upperCase(name ?? '')}=${meant}` : `CONFIG_${off}=n`;
  return LINE.test(suggestion) && (off ?? name) !== undefined ? { suggestion } : {};
}

/** A few symbols do have small letters, beside capital ones. */
function upperCase(name: string): string {
  return /[A-Z]/.test(name) ? name : name.toUpperCase();
}

export function parseLine(text: string): { readonly symbol: string; readonly value: string } {
  const [, symbol, value] = LINE.exec(text) ?? [];
  if (symbol === undefined || value === undefined) {
    throw new TypeError(`Expected the schema to refuse ${text}`);
  }
  return { symbol, value };
}

const symbols = addCheck(setOf(line), (value, report) => {
  const seen = new Map<string, { readonly index: number; readonly text: string }>();
  for (const [index, text] of (value as readonly unknown[]).entries()) {
    if (typeof text !== 'string' || !LINE.test(text)) continue;
    const { symbol } = parseLine(text);
    const first = seen.get(symbol);
    if (first === undefined) seen.set(symbol, { index, text });
    else if (first.text !== text) {
      const message = `CONFIG_${symbol} cannot have two values`;
      report([index], message, { code: 'CONFLICT', earlier: first.index });
    }
  }
});

/** A path has a slash or a dot; all else is the name of a fragment that comes with kmx. */
export function isFragmentPath(text: string): boolean {
  return /[/.]/.test(text);
}

const fragment = textOf(
  'a path with "/" or "." in it, or the name of a fragment of kmx, such as "debug"',
  /^(?:[a-z0-9][a-z0-9_-]*|(?=.*[/.])[^\p{Cc}]+)$/u,
);

/** The keys of everything that asks for symbols. */
export const kconfigRequest = {
  fragments: setOf(fragment)
    .default([])
    .describe('Files of CONFIG_ lines, folders of such files, or names of fragments of kmx.'),
  symbols: symbols
    .default([])
    .describe('Single lines such as CONFIG_PSI=y. They have the last word; "=n" is off.'),
};
