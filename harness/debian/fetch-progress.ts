/**
 * The progress of fetching something from an archive: reported at the start, now and then, and at
 * the end.
 */
export type FetchProgress =
  | {
      readonly kind: 'fetching';
      /** A package and its version, or a list of packages. */
      readonly what: string;
      readonly bytes: number;
      /** Absent if it is not known. */
      readonly bytesTotal?: number;
    }
  | { readonly kind: 'fetched'; readonly what: string; readonly bytes: number }
  | { readonly kind: 'not-fetched'; readonly what: string }
  /** One line that people should read. */
  | { readonly kind: 'note'; readonly text: string };
