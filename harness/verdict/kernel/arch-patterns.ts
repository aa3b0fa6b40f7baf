/** First lines of faults on architectures other than x86. */
import type { ReportPattern } from './report-start.ts';

export const ARCH_PATTERNS: readonly ReportPattern[] = [];

/** Every line that begins such a report contains one of these. */
export const ARCH_WORDS: readonly string[] = [];
