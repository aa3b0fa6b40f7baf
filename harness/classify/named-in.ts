import type { ClassifiedFinding } from './classification.ts';

type Titled = Pick<ClassifiedFinding, 'title'>;

/**
 * Whether the panic's title says that this crash led to it: then the panic stands for both
 * (verdict/consequences.ts).
 */
export function isNamedIn(panic: Titled, crash: Titled): boolean {
  return panic.title.endsWith(`, after ${crash.title}`);
}
