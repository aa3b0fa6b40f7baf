/** Of containers: the process that they belong to, as in `ownedPrefix` (`machine/owner.ts`). */
export const OWNER_LABEL = 'kernel-matrix.owner';
/** Of images that kmx made, with what they are for: `cell`. */
export const IMAGE_LABEL = 'kernel-matrix.image';
/**
 * The name of images for cells; the tag says whose it is, then which. An engine removes an image
 * with its last tag, so that one that two processes use is there until the second has ended.
 * `localhost` keeps Podman from looking for it in a registry.
 */
export const IMAGE_NAME = 'localhost/kernel-matrix-cell';
