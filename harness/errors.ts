/**
 * Errors are typed by whose fault they are. A panic, a hang or a failed assertion is not an error
 * but a value: see `verdict/`. An error of any other class is a bug in kmx and ends the run with
 * its stack.
 */

export interface ErrorDetails {
  /** Stable, upper-case name of the fault, for tests and for searching. */
  readonly code: string;
  /** What the user can do about it, as a command or one sentence. */
  readonly remedy?: string;
  /** What the failing program printed, already cut to a readable length. */
  readonly output?: string;
  readonly cause?: unknown;
}

abstract class HarnessError extends Error {
  readonly code: string;
  readonly remedy: string | undefined;
  readonly output: string | undefined;

  constructor(message: string, details: ErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = details.code;
    this.remedy = details.remedy;
    this.output = details.output;
  }
}

/** The user's fault: a wrong option, a wrong matrix file. Exit code 2, nothing was booted. */
export class UsageError extends HarnessError {}

/** The host's or the harness's fault: QEMU missing, a download that failed, a full disk. Verdict `miss`. */
export class InfraError extends HarnessError {}
