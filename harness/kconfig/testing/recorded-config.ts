import { readFileSync } from 'node:fs';
import type { KernelConfig } from '../kernel-config.ts';
import { parseKernelConfig } from '../parse-config.ts';

/** The text of a file in testdata/. */
export function readRecorded(name: string): string {
  return readFileSync(new URL(`../testdata/${name}`, import.meta.url), 'utf8');
}

/** A text that is known to be a configuration. */
export function configOf(text: string): KernelConfig {
  const parsed = parseKernelConfig(text);
  if (parsed.kind === 'config') return parsed.config;
  throw new Error(`expected a configuration, found ${parsed.looksLike}`);
}
