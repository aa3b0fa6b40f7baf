/** One .deb to fetch. */
export interface PackageFile {
  readonly name: string;
  readonly version: string;
  readonly archive: string;
  /** Its path below the archive's root. */
  readonly file: string;
  /** Whose word its sha256 is: that of the archive's signed list, or of the user's matrix or lock. */
  readonly vouchedBy: 'list' | 'matrix' | 'lock' | 'nobody';
  /** Hexadecimal digits; absent if nobody vouches for it. */
  readonly sha256?: string;
  readonly bytes?: number;
}
