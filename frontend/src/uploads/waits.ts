/** How long to wait before the same is tried again. */

import { mayPass } from "../api/problems";

const FIRST_MS = 500;
const LONGEST_MS = 20_000;
/** Tries of one request; the waits between them add up to about a minute. */
export const TRIES = 8;

/** Milliseconds to wait after so many failures. */
export type WaitMs = (failures: number) => number;

/** Doubles with each failure; up to half of it is left to chance, so that not all come back at once. */
export function backoffMs(failures: number, chance: number = Math.random()): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1)) * (1 - chance / 2);
}

/** Throws the signal's reason when it is aborted meanwhile. */
export function pause(waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, waitMs);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}

/** Does what may be done twice until it succeeds, or fails in a way that does not pass. */
export async function again<T>(work: () => Promise<T>, signal: AbortSignal, waitMs: WaitMs): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (failures >= TRIES || !mayPass(error)) throw error;
      await pause(waitMs(failures), signal);
    }
  }
}
