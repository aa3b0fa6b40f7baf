/** What lies in a guest's root file system, whatever it is packed into: a cpio archive or an image's layer. */

/** `path` is absolute, as it will be in the guest. `mode` is the permissions alone, `0o755`. */
export type FileEntry =
  | { readonly kind: 'directory'; readonly path: string; readonly mode: number }
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly mode: number;
      readonly content: Buffer;
    }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | {
      readonly kind: 'character-device';
      readonly path: string;
      readonly mode: number;
      readonly major: number;
      readonly minor: number;
    };
