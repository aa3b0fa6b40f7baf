import { readFileSync } from 'node:fs';
import type { FileEntry } from '../../file-entry.ts';
import type { ContainerSpec } from '../machine.ts';
import { TINY_PROGRAMS } from './tiny-programs.ts';

const INIT = new URL(
  '../../../guest/target/x86_64-unknown-linux-gnu/release/init',
  import.meta.url,
);

/** A container with init, and `/eat`, which uses up its memory. */
export function bareContainer(init: Buffer = readFileSync(INIT)): ContainerSpec {
  const folders = ['/dev', '/kmx/ports', '/proc', '/run', '/sys', '/tmp'].map(
    (path) => ({ kind: 'directory', path, mode: 0o755 }) as const,
  );
  return {
    kind: 'container',
    layers: [[...folders, program('/init', init)], [program('/eat', TINY_PROGRAMS.eat)]],
    memoryMib: 64,
  };
}

function program(path: string, content: Buffer): FileEntry {
  return { kind: 'file', path, mode: 0o755, content };
}
