import type { GuestOrigin } from '../events.ts';
import type { JudgementStatus } from '../expectations/judge.ts';
import type { BootableKernel, KernelImage } from '../kernels/kernel-image.ts';
import type { CgroupMode } from '../matrix/cell.ts';
import type { CrashClass } from '../verdict/finding.ts';
import type { Verdict } from '../verdict/verdict.ts';

/** How one test must end, and by what evidence. */
export interface ExpectedTest {
  readonly verdict: Verdict;
  /** The finding that must have decided. Absent: none may have decided. */
  readonly finding?: { readonly class: CrashClass; readonly title: RegExp };
  /** The verdict's message must match. */
  readonly message?: RegExp;
  /** Its attempts came to different ends. */
  readonly isFlaky?: true;
  /** How it is judged by the case's expectation. */
  readonly judgement?: {
    readonly status: JudgementStatus;
    /** The crashes, all of them, that the expectation does not list. */
    readonly unlisted: readonly PlacedPanic[];
  };
  /** Classes of findings that must not be there, however far down. */
  readonly not?: readonly string[];
}

/** What the report of the whole run must say. Of what is absent it may say anything. */
export interface ExpectedReport {
  /** Titles of its crashes, all of them, whatever their order. */
  readonly crashes?: readonly RegExp[];
  /** The same for crashes that no booted guest confirms. */
  readonly unconfirmed?: readonly RegExp[];
  /** One of the cell's notes must match. */
  readonly note?: RegExp;
  /** How each of the cell's guests was started. */
  readonly guests?: readonly GuestOrigin[];
}

/** A panic of the saboteur as an agent. */
export interface PlacedPanic {
  readonly message: string;
  /** `file.rs:line`, as reports have it. */
  readonly place: string;
}

/** How a kernel is broken before it boots. */
export type BrokenKernel = 'damaged' | 'cut' | 'package-cut';

/**
 * What the host does: to a running machine as soon as the test has begun; or, to containers alone, to
 * their image before the guest boots, or to a cgroup, which another process keeps busy.
 */
export type HostSabotage =
  | 'kill-machine'
  | 'stop-machine'
  | 'cut-channel'
  | 'remove-image'
  | 'hold-cgroup';

/** How the guest of a case differs from a good one. */
export interface GuestSetting {
  /** Absent: a virtual machine. */
  readonly machine?: 'container';
  /** What the saboteur does as PID 1, in place of init. */
  readonly firstProcess?: string;
  /** What the saboteur does as the agent. Absent: the reference agent runs. */
  readonly agent?: string;
  readonly bootParameters?: readonly string[];
  /** Keys of the matrix file's `limits`, besides those that every case has. */
  readonly limits?: Readonly<Record<string, number>>;
  readonly kernel?: BrokenKernel;
  /** The first guest is restored from a saved one whose init is damaged. Absent: guests boot. */
  readonly savedGuest?: 'damaged';
  /** An expectation says that the scenario's test ends with this panic of the agent. */
  readonly knownPanic?: PlacedPanic;
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
  /** It waits for a timeout, or resembles another case: only tried with `--all`. */
  readonly isExtra?: true;
  /** What this host or kernel lacks for the case; undefined if nothing. */
  readonly lacks?: (host: SelftestHost) => string | undefined;
}

/** One guest, run as `kmx run` would. */
export interface GuestCase extends CaseBase {
  readonly kind: 'guest';
  readonly setting: GuestSetting;
  /** Whether the case ends after `boots` or runs the scenario of its name. */
  readonly until: 'boots' | 'scenario';
  /** The guest's log that must have been cut, with a note that says so. */
  readonly cutLog?: 'console.log' | 'agent-stderr.log';
  readonly expected: ExpectedTest;
  readonly expectedReport?: ExpectedReport;
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

/** A run in containers of an engine of its own, which ends as soon as the first test has begun. */
export interface EngineCase extends CaseBase {
  readonly kind: 'engine';
  readonly expected: { readonly exitCode: number; readonly output: RegExp };
}

export type SelftestCase = GuestCase | WorkerCase | CommandCase | EngineCase;

/** The host and kernel that cases are tried on. */
export interface SelftestHost {
  /** Absent if every case needs containers alone: virtual machines boot it. */
  readonly kernel?: BootableKernel;
  /** Whether a guest with this kernel loads a module that can be broken. */
  readonly hasModule: boolean;
  /** Whether file systems can be mounted in a private namespace. */
  readonly canMount: boolean;
  /** Whether a container engine of one's own can be started. */
  readonly canStartEngine: boolean;
  readonly containers: ContainerHost;
}

/** What containers of this host have; or, in a sentence, why it has none. */
export type ContainerHost =
  | { readonly kernel: KernelImage; readonly cgroup: CgroupMode }
  | { readonly lacks: string };

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
