/**
 * How components make elements. Plain calls in the place of JSX: node runs these files as they are.
 * preact escapes texts and attributes; what it cannot know is that ours come from guests and may hold
 * control characters or turn the direction of what follows.
 */
import { type ComponentChildren, createElement } from 'preact';
import { toPrintable } from '../text.ts';

/** preact's `h`, except that each text and attribute of an element is made printable. */
export const h = createPrintable as typeof createElement;

function createPrintable(
  type: string,
  props: Readonly<Record<string, unknown>> | null,
  ...children: readonly ComponentChildren[]
) {
  const isElement = typeof type === 'string';
  return createElement(
    type,
    isElement && props !== null ? printableProps(props) : props,
    ...children.map(printableChild),
  );
}

function printableProps(props: Readonly<Record<string, unknown>>): Record<string, unknown> {
  // A loop: a page has some hundred thousand elements.
  const printable: Record<string, unknown> = {};
  for (const name of Object.keys(props)) {
    const value = props[name];
    printable[name] = typeof value === 'string' ? toPrintable(value) : value;
  }
  return printable;
}

function printableChild(child: ComponentChildren): ComponentChildren {
  if (typeof child === 'string') return toPrintable(child);
  return Array.isArray(child) ? child.map(printableChild) : child;
}
