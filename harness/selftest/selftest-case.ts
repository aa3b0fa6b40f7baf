import type { KernelImage } from '../kernels/kernel-image.ts';
import type { CrashClass } from '../verdict/finding.ts';
import type { Verdict } from '../verdict/verdict.ts';

/** What must come of one test, and by what evidence. */
export interface ExpectedTest {
  readonly verdict: Verdict;
  /** Of the finding that decided. Absent: no finding may have decided. */
  readonly finding?: { readonly class: CrashClass; readonly title: RegExp };
  /** What the verdict says about itself, in one line. */
  readonly message?: RegExp;
  /** Its attempts came to different ends. */
  readonly isFlaky?: true;
  /** Classes of findings that must not be there, however far down. */
  readonly not?: readonly string[];
}

/** Kernels that are broken before they are booted. */
export type BrokenKernel = 'damaged' | 'cut' | 'package-cut';

/** Something that the host does to a machine that it runs. */
export type HostSabotage = 'kill-machine' | 'stop-machine' | 'cut-channel';

/** How the guest of a case differs from a good one. */
export interface GuestSetting {
  /** What the saboteur does as PID 1, in the place of init. */
  readonly firstProcess?: string;
  /** What the saboteur does as agent. Absent: the reference agent runs. */
  readonly agent?: string;
  readonly bootParameters?: readonly string[];
  /** Keys of the matrix file's `limits`, beside those that every case has. */
  readonly limits?: Readonly<Record<string, number>>;
  readonly kernel?: BrokenKernel;
  /** Done as soon as the test has begun. */
  readonly hostSabotage?: HostSabotage;
  /** As `--miss-retries`. */
  readonly missRetries?: number;
  /** MiB of address space that QEMU gets. */
  readonly machineMib?: number;
}

interface CaseBase {
  /** Also the title of the scenario that the case runs, if it runs one. */
  readonly name: string;
  /** What is broken, in one sentence. */
  readonly breaks: string;
  /** It waits for a time-out, or is close to another one: left out unless all are asked for. */
  readonly isExtra?: true;
  /** What this host or kernel lacks for the case; `undefined` if it lacks nothing. */
  readonly lacks?: (host: SelftestHost) => string | undefined;
}

/** One guest, run as `kmx run` would. */
export interface GuestCase extends CaseBase {
  readonly kind: 'guest';
  readonly setting: GuestSetting;
  /** Whether the case ends with `boots`, or runs the scenario of its name. */
  readonly until: 'boots' | 'scenario';
  /** The log of a guest that must have been cut, with a note that says so. */
  readonly cutLog?: 'console.log' | 'agent-stderr.log';
  readonly expected: ExpectedTest;
}

/** Worker processes are killed at random moments while a cell runs, again and again. */
export interface WorkerCase extends CaseBase {
  readonly kind: 'workers';
  readonly seconds: number;
}

/** The whole command, in a process of its own on a host that is broken. */
export interface CommandCase extends CaseBase {
  readonly kind: 'command';
  readonly brokenHost: 'no-qemu' | 'full-reports' | 'filling-reports' | 'full-cache';
  readonly expected: { readonly exitCode: number; readonly output: RegExp };
}

export type SelftestCase = GuestCase | WorkerCase | CommandCase;

/** What cases are tried on. */
export interface SelftestHost {
  readonly kernel: KernelImage;
  /** Whether a guest of this kernel loads a module, which can be broken. */
  readonly hasModule: boolean;
  /** Whether file systems can be mounted in a namespace of one's own. */
  readonly canMount: boolean;
}

/** How a case ended. */
export type CaseResult = {
  readonly case: SelftestCase;
  readonly expected: string;
  readonly durationMs: number;
  /** Folder with the logs of the case. */
  readonly folder: string;
} & (
  | {
      readonly state: 'ok' | 'WRONG';
      readonly got: string;
      readonly problems: readonly string[];
      /** Whether a guest came up; absent for a case in which none should. */
      readonly hasBooted?: boolean;
    }
  | { readonly state: 'not tried'; readonly reason: string }
);
