import { expect, test } from "vitest";
import { type Shelf, UploadMemory } from "../../src/uploads/memory";

const EXPIRES = "2030-01-02T00:00:00Z";
const BEFORE_MS = Date.parse("2030-01-01T00:00:00Z");
const AFTER_MS = Date.parse("2030-01-03T00:00:00Z");

/** What a browser keeps beyond a reload. */
function shelf(): Shelf & Map<string, string> {
  const kept = new Map<string, string>();
  return Object.assign(kept, {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  });
}

function upload({ name = "a.mp4", size = 3, lastModified = 1, options = "{}" } = {}) {
  return { file: new File(["x".repeat(size)], name, { lastModified }), options };
}

test("a file chosen again after a reload is known by name, size, time and options", () => {
  const kept = shelf();
  new UploadMemory(kept, () => BEFORE_MS).keep(upload(), { id: "one", expiresAt: EXPIRES });
  const memory = new UploadMemory(kept, () => BEFORE_MS);
  expect(memory.find(upload())).toBe("one");
});

test.each([
  upload({ name: "b.mp4" }),
  upload({ size: 4 }),
  upload({ lastModified: 2 }),
  upload({ options: '"legacy"' }),
])("another file or other options are another upload (%#)", (other) => {
  const memory = new UploadMemory(shelf(), () => BEFORE_MS);
  memory.keep(upload(), { id: "one", expiresAt: EXPIRES });
  expect(memory.find(other)).toBeNull();
});

test("what the server no longer keeps is forgotten", () => {
  const kept = shelf();
  new UploadMemory(kept, () => BEFORE_MS).keep(upload(), { id: "one", expiresAt: EXPIRES });
  const memory = new UploadMemory(kept, () => AFTER_MS);
  expect(memory.find(upload())).toBeNull();
});

test("nothing stays in the browser once all is forgotten", () => {
  const kept = shelf();
  const memory = new UploadMemory(kept, () => BEFORE_MS);
  memory.keep(upload(), { id: "one", expiresAt: EXPIRES });
  memory.forget(upload());
  expect(kept.size).toBe(0);
});

test("what cannot be read is as nothing", () => {
  const kept = shelf();
  kept.set("fiapx.uploads", "{broken");
  expect(new UploadMemory(kept, () => BEFORE_MS).find(upload())).toBeNull();
});
