/**
 * Patterns of names as users write them. RE2 matches in linear time: a backtracking matcher, such as
 * RegExp or matchesGlob of node:path, needs seconds for `a*a*a*a*a*a*b` and a name of 60 characters.
 */
import { RE2JS, RE2JSSyntaxException } from 're2js';

/** Whether all of a text matches a pattern in which `*` stands for any text. */
export const matchesWildcard = matchBy((pattern) =>
  pattern.split(/\*+/).map(RE2JS.quote).join('.*'),
);

/**
 * Whether a path matches a glob: `*` and `?` stand for any text and any character within a name,
 * `**` for any number of folders, `[a-c]` for one of these characters and `[!a-c]` for any other,
 * `{a,b}` for alternatives, which may hold anything but braces.
 */
export const matchesGlob = matchBy(translateGlob);

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
    return RE2JS.quote(token);
  });
}

function translateClass(body: string): string {
  const isNegated = /^[!^]/.test(body);
  const characters = (isNegated ? body.slice(1) : body).replace(/[[\]^&~\\]/g, '\\$&');
  return isNegated ? `[^/${characters}]` : `[${characters}]`;
}

/** Compiles each pattern once: the same few are asked about many names. */
function matchBy(
  translate: (pattern: string) => string,
): (text: string, pattern: string) => boolean {
  const compiled = new Map<string, (text: string) => boolean>();
  return (text, pattern) => {
    const matches = compiled.get(pattern) ?? compile(translate(pattern));
    compiled.set(pattern, matches);
    return matches(text);
  };
}

function compile(source: string): (text: string) => boolean {
  try {
    const compiled = RE2JS.compile(source, RE2JS.DOTALL);
    return (text) => compiled.testExact(text);
  } catch (error) {
    // A range such as `[c-a]` holds no character.
    if (error instanceof RE2JSSyntaxException) return () => false;
    throw error;
  }
}
