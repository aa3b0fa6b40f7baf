import type { PackedGuests } from './packed-logs.ts';

const unpacked = new Map<string, Promise<PackedGuests>>();

/** The logs of a cell that the page has. */
export function unpackCell(cell: string): Promise<PackedGuests> {
  const found = unpacked.get(cell) ?? unpackAll(cell);
  unpacked.set(cell, found);
  return found;
}

async function unpackAll(cell: string): Promise<PackedGuests> {
  const packs = document.querySelectorAll(`script.pack[data-cell="${CSS.escape(cell)}"]`);
  const parts = await Promise.all([...packs].map(({ textContent }) => unpack(textContent ?? '')));
  return Object.assign({}, ...parts) as PackedGuests;
}

/** Base64 of deflated JSON. */
async function unpack(data: string): Promise<PackedGuests> {
  const bytes = Uint8Array.from(atob(data), (character) => character.charCodeAt(0));
  const inflated = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return (await new Response(inflated).json()) as PackedGuests;
}
