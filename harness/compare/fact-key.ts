import type { CgroupMode } from '../matrix/cell.ts';

/** A fact's key, taken apart. */
export interface FactKey {
  readonly kind: 'controller' | 'offered' | 'file' | 'option' | 'claim' | 'other';
  readonly hierarchy?: 'v1' | 'v2';
  /** Of a file, the part before its first dot. */
  readonly controller?: string;
  /** What stands after the first slash, or all of it. */
  readonly name: string;
}

export function readFactKey(key: string): FactKey {
  const [first = '', ...rest] = key.split('/');
  const name = rest.join('/') || first;
  const controller = name.split('.', 1)[0] ?? name;
  switch (first) {
    case 'v1':
    case 'v2':
      return { kind: 'controller', hierarchy: first, controller: name, name };
    case 'v1-file':
      return { kind: 'file', hierarchy: 'v1', controller, name };
    case 'v2-file':
      return { kind: 'file', hierarchy: 'v2', controller, name };
    case 'offered':
      return { kind: 'offered', controller: name, name };
    case 'mount-option':
      return { kind: 'option', hierarchy: 'v2', name };
    case 'proc-cgroups':
      return { kind: 'claim', controller: name, name };
    default:
      return { kind: 'other', name };
  }
}

/** Whether an agent meets a hierarchy in a cgroup mode. */
export function isVisibleIn({ hierarchy }: FactKey, mode: CgroupMode): boolean {
  return hierarchy === undefined || mode === 'hybrid' || mode === hierarchy;
}

/** A value that says that something is not there: an errno, or nothing at all. */
export function isLack(value: string): boolean {
  return value !== 'ok' && value !== 'there' && value !== 'enabled';
}
