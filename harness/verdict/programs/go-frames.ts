/** Which function of a goroutine's stack is the place of its panic. */

/** A call; its arguments are addresses. */
const CALL = /^([\w./*()[\]{}·~%@$-]+?)\((?:[^()]*|\.\.\.)\)$/;
/** The runtime's own functions. */
const RUNTIME = /^(?:runtime|internal\/\w+|sync|syscall|panic|testing)(?:[./(]|$)/;
/** Packages that come with Go. If they panic, it is mostly their caller's fault. */
const STANDARD =
  /^(?:archive|bufio|bytes|cmp|compress|container|context|crypto|database|debug|encoding|errors|expvar|flag|fmt|go|hash|html|image|index|internal|io|iter|log|maps|math|mime|net|os|path|plugin|reflect|regexp|runtime|slices|sort|strconv|strings|structs|sync|syscall|testing|text|time|unicode|unique|unsafe|weak)[./]/;
/** Loggers that panic when they are told to. */
const LOGGER = /^(?:github\.com\/[sS]irupsen\/logrus|go\.uber\.org\/zap|k8s\.io\/klog)[./]/;

export type GoFrame =
  /** Above are functions that were deferred, below is what panicked. */
  | { readonly kind: 'panic' }
  /** The program has survived: it is looking at its own stack. */
  | { readonly kind: 'look' }
  | { readonly kind: 'runtime' }
  | { readonly kind: 'library' | 'own'; readonly name: string };

export function readGoFrame(text: string): GoFrame | undefined {
  const name = CALL.exec(text)?.[1];
  if (name === undefined) return undefined;
  if (name === 'panic' || name === 'runtime.gopanic') return { kind: 'panic' };
  if (name === 'runtime/debug.Stack' || name === 'runtime/debug.PrintStack')
    return { kind: 'look' };
  if (RUNTIME.test(name)) return { kind: 'runtime' };
  return { kind: STANDARD.test(name) || LOGGER.test(name) ? 'library' : 'own', name };
}
