import { expect, test } from "vitest";
import { isLinkSpent, tokenIn } from "../../src/api/linkToken";
import { NotReached, problemOf } from "../../src/api/problems";

test.each([
  ["token=aB3_-x", "aB3_-x"],
  ["token=", null],
  ["", null],
  ["elsewhere", null],
])("the fragment %j carries the token %j", (fragment, token) => {
  expect(tokenIn(fragment)).toBe(token);
});

test("a link is spent when the server says so, not when it cannot be asked", () => {
  expect(isLinkSpent(problemOf(422, { code: "invalid_token" }))).toBe(true);
  expect(isLinkSpent(problemOf(503, null))).toBe(false);
  expect(isLinkSpent(new NotReached("no network"))).toBe(false);
});
