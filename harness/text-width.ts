/** How many columns a text takes in a terminal; escape codes take none. */
import { createRequire } from 'node:module';

type StringWidth = typeof import('string-width').default;

const require = createRequire(import.meta.url);
/** It takes 30 ms to load, for tables that hardly any of our texts need. */
let stringWidth: StringWidth | undefined;

export function textWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length;
  stringWidth ??= (require('string-width') as { readonly default: StringWidth }).default;
  return stringWidth(text);
}
