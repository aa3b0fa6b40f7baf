/** Places in source files, the same on every machine. */

/** Of a C file: its last folder and its name. */
export function placeInC(path: string, row: string): string {
  return `${path.split('/').slice(-2).join('/')}:${row}`;
}

/** Of a Rust file: without build folder, registry folder and compiler's hash. */
export function placeInRust(path: string, row: string): string {
  return `${normalisePath(path.replaceAll('\\', '/'))}:${row}`;
}

function normalisePath(path: string): string {
  return path
    .replace(/^.*\/registry\/src\/[^/]+\//, '')
    .replace(/^.*\/git\/checkouts\/([^/]+?)(?:-[0-9a-f]{16})?\/[0-9a-f]+\//, '$1/')
    .replace(/^\/rustc\/[0-9a-f]+\//, 'rustc/')
    .replace(/^.*\/rustlib\/src\/rust\//, 'rustc/')
    .replace(/^(?:\/.*\/)?(library\/(?:core|alloc|std)\/src\/)/, 'rustc/$1')
    .replace(/^(?:[A-Za-z]:)?\/(?:.*\/)?([^/]+\/src\/)/, '$1');
}
