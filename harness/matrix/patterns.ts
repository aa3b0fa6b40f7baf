/**
 * Patterns of names as users write them, matched in linear time: a backtracking matcher, such as
 * RegExp or matchesGlob of node:path, needs seconds for `a*a*a*a*a*a*b` and a name of 60 characters.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Whether all of a text matches a pattern in which `*` stands for any text. */
export function matchesWildcard(text: string, pattern: string): boolean {
  const [first = '', ...others] = pattern.split('*');
  const last = others.pop();
  if (last === undefined) return text === pattern;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at + last.length <= text.length && text.endsWith(last);
}

/**
 * Whether a path matches a glob: `*` and `?` stand for any text and any character within a name,
 * `**` for any number of folders, `[a-c]` for one of these characters and `[!a-c]` for any other,
 * `{a,b}` for alternatives, which may hold anything but braces.
 */
export function matchesGlob(path: string, glob: string): boolean {
  const matches = matchers.get(glob) ?? compile(glob);
  matchers.set(glob, matches);
  return matches(path);
}

/** Each glob is compiled once: the same few are asked about many names. */
const matchers = new Map<string, (path: string) => boolean>();

/** With one star at most a RegExp takes linear time, too. */
const SIMPLE = /^[^*?[{]*(?:\*+[^*?[{]*)?$/;

function compile(glob: string): (path: string) => boolean {
  const source = translateGlob(glob);
  if (!SIMPLE.test(glob)) return compileWithRe2(source);
  const pattern = new RegExp(`^(?:${source})$`, 's');
  return (path) => pattern.test(path);
}

/** RE2 takes longer to load than most runs take to match everything, so it is loaded when needed. */
function compileWithRe2(source: string): (path: string) => boolean {
  const { RE2JS, RE2JSSyntaxException }: typeof import('re2js') = require('re2js');
  try {
    const compiled = RE2JS.compile(source, RE2JS.DOTALL);
    return (path) => compiled.testExact(path);
  } catch (error) {
    // A range such as `[c-a]` holds no character.
    if (error instanceof RE2JSSyntaxException) return () => false;
    throw error;
  }
}

/** `**` is more than `*` only where it is all of a name. */
const TOKEN = /\{[^{}]*,[^{}]*\}|(?<=^|\/)\*\*(?:\/|$)|\*+|\?|\[[!^]?[^\]/]+\]|[^*?[{]+|./gsu;

function translateGlob(glob: string): string {
  return glob.replace(TOKEN, (token) => {
    if (token === '**/') return '(?:[^/]+/)*';
    if (token === '**') return '.+';
    if (token.startsWith('*')) return '[^/]*';
    if (token === '?') return '[^/]';
    if (/^\{./s.test(token)) {
      return `(?:${token.slice(1, -1).split(',').map(translateGlob).join('|')})`;
    }
    if (/^\[./s.test(token)) return translateClass(token.slice(1, -1));
    return token.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  });
}

function translateClass(body: string): string {
  const isNegated = /^[!^]/.test(body);
  const characters = (isNegated ? body.slice(1) : body).replace(/[[\]^&~\\]/g, '\\$&');
  return isNegated ? `[^/${characters}]` : `[${characters}]`;
}
