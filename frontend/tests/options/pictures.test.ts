import { expect, test } from "vitest";
import { choiceOf, isPictureValid, pictureOptions, readQuality } from "../../src/options/pictures";

test.each([
  ["1", 1],
  [" 90 ", 90],
  ["100", 100],
])("the quality %j is read as %d", (typed, quality) => {
  expect(readQuality(typed)).toBe(quality);
});

test.each(["", "0", "101", "90.5", "90,5", "-1", "1e2", "best"])("%j is no quality", (typed) => {
  expect(readQuality(typed)).toBeNull();
});

test("PNG has no quality, the others begin with the API's usual one", () => {
  expect([choiceOf("png"), choiceOf("jpeg"), choiceOf("webp")]).toEqual([
    { format: "png" },
    { format: "jpeg", quality: "90" },
    { format: "webp", quality: "80" },
  ]);
});

test("a format with a quality that is none may not be sent", () => {
  expect(isPictureValid({ format: "webp", quality: "best" })).toBe(false);
  expect(isPictureValid({ format: "webp", quality: "80" })).toBe(true);
  expect(isPictureValid({ format: "png" })).toBe(true);
});

test("PNG is not spelt out, since options that say the same should look the same", () => {
  expect(pictureOptions({ format: "png" })).toEqual({});
});
