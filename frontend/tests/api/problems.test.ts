import { expect, test } from "vitest";
import { isRefused, mayPass, NotReached, problemIn, problemOf } from "../../src/api/problems";

test("a problem keeps its code, trace and fields", () => {
  const fields = [{ field: "password", message: "too short", code: "invalid" }];
  const problem = problemOf(422, { code: "invalid_password", detail: "Too short.", trace_id: "abc", errors: fields });
  expect(problem).toMatchObject({ status: 422, code: "invalid_password", traceId: "abc", fields });
});

test("an answer that is no problem has a code and the trace of its headers", async () => {
  const response = new Response("<html>Bad gateway</html>", { status: 502, headers: { "X-Trace-Id": "def" } });
  expect(await problemIn(response)).toMatchObject({ status: 502, code: "http_502", traceId: "def" });
});

test("how long to wait is kept", async () => {
  const response = new Response("{}", { status: 429, headers: { "Retry-After": "7" } });
  expect((await problemIn(response)).retryAfterS).toBe(7);
});

test.each([
  [problemOf(503, null), true],
  [problemOf(429, null), true],
  [new NotReached("no network"), true],
  [problemOf(404, null), false],
  [new TypeError("a mistake of ours"), false],
])("%s may pass: %s", (error, may) => {
  expect(mayPass(error)).toBe(may);
});

test.each([
  [problemOf(415, null), true],
  [problemOf(401, null), false],
  [problemOf(503, null), false],
  [new NotReached("no network"), false],
])("%s is for the user to change: %s", (error, refused) => {
  expect(isRefused(error)).toBe(refused);
});
