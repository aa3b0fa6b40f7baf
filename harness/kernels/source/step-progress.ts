/** The progress of what takes long but fetches nothing: a tree is unpacked, a kernel built. */
export type StepProgress =
  | {
      readonly kind: 'working';
      /** `unpacking linux-source-6.12 6.12.117-1`, `compiling 6.12.117`. */
      readonly what: string;
      /** How much of it is done, in `unit`; absent if that is not measured. */
      readonly done?: number;
      /** Absent if it is not known. */
      readonly total?: number;
      /** In the plural: `objects`. */
      readonly unit?: string;
    }
  | { readonly kind: 'worked'; readonly what: string }
  /** The error that ended it says why. */
  | { readonly kind: 'not-worked'; readonly what: string };
