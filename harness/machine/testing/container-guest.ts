import { readFileSync } from 'node:fs';
import type { ContainerSpec } from '../machine.ts';

const INIT = new URL(
  '../../../guest/target/x86_64-unknown-linux-gnu/release/init',
  import.meta.url,
);

/** A container with init and nothing else. */
export function bareContainer(init: Buffer = readFileSync(INIT)): ContainerSpec {
  const folders = ['/dev', '/kmx/ports', '/proc', '/run', '/sys', '/tmp'].map(
    (path) => ({ kind: 'directory', path, mode: 0o755 }) as const,
  );
  return {
    kind: 'container',
    layers: [[...folders, { kind: 'file', path: '/init', mode: 0o755, content: init }]],
    memoryMib: 64,
  };
}
