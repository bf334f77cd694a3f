import { expect, test } from "vitest";
import { problemOf } from "../../src/api/problems";
import { again, backoffMs, pause, TRIES } from "../../src/uploads/waits";

const AT_ONCE = () => 0;
const never = new AbortController().signal;

test("waits double, up to a limit", () => {
  expect([1, 2, 3, 20].map((failures) => backoffMs(failures, 0))).toEqual([500, 1000, 2000, 20_000]);
});

test("chance shortens a wait by at most half", () => {
  expect(backoffMs(1, 1)).toBe(250);
});

test("an aborted wait ends at once with the reason", async () => {
  const stop = new AbortController();
  const waiting = pause(60_000, stop.signal);
  stop.abort(new Error("paused"));
  await expect(waiting).rejects.toThrow("paused");
});

test("what may pass is tried again", async () => {
  let tries = 0;
  const work = async () => {
    tries += 1;
    if (tries < 3) throw problemOf(503, null);
    return tries;
  };
  expect(await again(work, never, AT_ONCE)).toBe(3);
});

test.each([
  [404, 1],
  [503, TRIES],
])("a refusal with %d is given up after %d tries", async (status, expected) => {
  let tries = 0;
  const work = async () => {
    tries += 1;
    throw problemOf(status, null);
  };
  await expect(again(work, never, AT_ONCE)).rejects.toMatchObject({ status });
  expect(tries).toBe(expected);
});
