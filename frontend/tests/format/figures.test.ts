import { expect, test } from "vitest";
import { formatBytes, formatClock, formatPercent, formatWait } from "../../src/format/figures";

test.each([
  [0, "0 bytes"],
  [1, "1 byte"],
  [999, "999 bytes"],
  [1000, "1 kB"],
  [1536, "1.5 kB"],
  [734_003, "734 kB"],
  [999_999, "1,000 kB"],
  [20 * 1024 ** 3, "21.5 GB"],
  [5e15, "5,000 TB"],
])("%d bytes are shown as %j", (bytes, shown) => {
  expect(formatBytes(bytes, "en")).toBe(shown);
});

test("figures follow the language", () => {
  expect(formatBytes(1536, "pt-BR").replace(/\s/, " ")).toBe("1,5 kB");
});

test.each([
  [0, 0, "0:00"],
  [59.6, 0, "1:00"],
  [3725, 0, "1:02:05"],
  [12, 3, "0:12.000"],
  [59.9996, 3, "1:00.000"],
  [1.0005, 3, "0:01.001"],
  [3599.95, 1, "1:00:00.0"],
])("%d seconds with %d digits are %j", (seconds, digits, shown) => {
  expect(formatClock(seconds, digits)).toBe(shown);
});

test.each([
  [0.2, "1 second"],
  [59, "59 seconds"],
  [95, "2 minutes"],
  [7000, "2 hours"],
])("%d seconds to wait are %j", (seconds, shown) => {
  expect(formatWait(seconds, "en")).toBe(shown);
});

test.each([
  [0, "0%"],
  [0.429, "42%"],
  [0.999, "99%"],
  [1, "100%"],
])("a share of %d is %j: never 100 before it is done", (share, shown) => {
  expect(formatPercent(share, "en")).toBe(shown);
});
