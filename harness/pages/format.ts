/** Numbers and times as pages show them. */
import { describeDay } from '../phrases.ts';

/** Narrow, and never broken. */
const SPACE = '\u202f';

/** `2 940`: thousands apart. */
export function formatCount(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, SPACE);
}

/** `812 ms`, `4.1 s`, `23 min`, `2 h 05 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}${SPACE}ms`;
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)}${SPACE}s`;
  const minutes = Math.round(seconds / 60);
  if (seconds < 600) {
    const rest = Math.round(seconds) % 60;
    return `${Math.floor(Math.round(seconds) / 60)}${SPACE}min ${String(rest).padStart(2, '0')}${SPACE}s`;
  }
  if (minutes < 60) return `${minutes}${SPACE}min`;
  const hours = Math.floor(minutes / 60);
  return `${hours}${SPACE}h ${String(minutes % 60).padStart(2, '0')}${SPACE}min`;
}

/** `28 Nov 2026 03:12 UTC`. @param time ISO 8601 */
export function formatTime(time: string): string {
  const date = new Date(time);
  const day = `${describeDay(date)} ${date.getUTCFullYear()}`;
  return `${day} ${date.toISOString().slice(11, 16)} UTC`;
}
