/** What a guest's time may be ahead of the host's before its clock is taken to be wrong. */
const RATIO_MAX = 1.05;
const SLACK_MS = 500;

/**
 * Compares a guest's clock with the host's. A kernel measures the frequency of its processor's time stamp counter
 * while it boots (Linux arch/x86/kernel/tsc.c, `native_calibrate_cpu`); where QEMU gets no CPU meanwhile, it can be
 * far off: 265 MHz instead of 2297 MHz was seen on a host with a load of 27, after which all timers of the guest,
 * and of every guest restored from it, ended 8.6 times too early.
 *
 * Only a clock that is fast is noticed: a guest that is not given the time to run has a slow one, too.
 */
export class GuestClock {
  readonly #startedMs: number;
  #firstUptimeMs: number | undefined;

  /**
   * @param startedMs When the guest's machine was started, by the host's clock.
   * @param isBooted Its uptime began with 0, and did not go on from when it was saved.
   */
  constructor(startedMs: number, isBooted: boolean) {
    this.#startedMs = startedMs;
    this.#firstUptimeMs = isBooted ? 0 : undefined;
  }

  /**
   * Compares the uptime that a guest has just reported.
   * @param nowMs By the same clock as `startedMs`.
   * @returns What is wrong with its clock, if anything is.
   */
  compare(uptimeMs: number, nowMs: number): string | undefined {
    this.#firstUptimeMs ??= uptimeMs;
    // No message arrives before it is sent, so a late one only makes the host's time longer.
    const hostMs = nowMs - this.#startedMs;
    const guestMs = uptimeMs - this.#firstUptimeMs;
    if (guestMs <= hostMs * RATIO_MAX + SLACK_MS) return undefined;
    const [guest, host] = [guestMs, hostMs].map((ms) => (ms / 1000).toFixed(1));
    return (
      `the guest's clock is fast: ${guest} s passed there in ${host} s; ` +
      'its kernel could not measure the frequency of its processor, because this host was too busy'
    );
  }
}
