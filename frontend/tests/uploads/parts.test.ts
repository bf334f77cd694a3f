import { expect, test } from "vitest";
import { missingParts } from "../../src/uploads/parts";

const upload = (parts: [number, number][]) => ({
  id: "one",
  part_size_bytes: 4,
  part_count: 3,
  expires_at: "",
  parts: parts.map(([part_number, size_bytes]) => ({ part_number, size_bytes, etag: "etag" })),
});

test.each([
  [[], [1, 2, 3]],
  [[[2, 4]], [1, 3]],
  [
    [
      [1, 4],
      [2, 4],
      [3, 2],
    ],
    [],
  ],
  [
    [
      [1, 3],
      [2, 4],
      [3, 4],
    ],
    [1, 3],
  ],
] as [[number, number][], number[]][])("of ten bytes, with %j in the store, %j are missing", (parts, missing) => {
  expect(missingParts(10, upload(parts))).toEqual(missing);
});
