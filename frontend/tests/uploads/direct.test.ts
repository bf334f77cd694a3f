import { expect, test } from "vitest";
import { NotReached } from "../../src/api/problems";
import type { PutPart } from "../../src/uploads/parts";
import { StoreNotReached } from "../../src/uploads/transport";
import { blocked, CONTENT, chosen, EXPIRES, never, puts, puttingAt, stage, untold } from "./stage";

test("a file arrives whole, in its parts", async () => {
  const { server, remembered, page } = await stage();
  const video = await page().send(chosen(), untold, never);
  expect(video.filename).toBe(CONTENT);
  expect(puts(server).toSorted()).toEqual([1, 2, 3, 4].map((part) => `/store/upload-1/${part}`));
  expect(remembered.find(chosen())).toBeNull();
});

test("the bytes of all parts are told, from none to all", async () => {
  const told: number[] = [];
  await (await stage()).page().send(chosen(), (bytes) => told.push(bytes), never);
  expect([told.at(0), told.at(-1)]).toEqual([0, CONTENT.length]);
  expect(told).toEqual(told.toSorted((a, b) => a - b));
});

test("after a reload the same file goes on with what is missing", async () => {
  const { platform, server, page } = await stage();
  const stop = new AbortController();
  platform.interfere = ({ path }) => {
    if (!path.endsWith("upload-1/4")) return undefined;
    stop.abort(new Error("the page is closed"));
    return { status: 503 };
  };
  await expect(page().send(chosen(), untold, stop.signal)).rejects.toThrow("the page is closed");
  platform.interfere = () => undefined;
  const before = new Set(platform.stored.get("upload-1")?.keys());
  const earlier = puts(server).length;
  const video = await page().send(chosen(), untold, never);
  expect(video).toMatchObject({ id: "upload-1", filename: CONTENT });
  const missing = [1, 2, 3, 4].filter((part) => !before.has(part)).map((part) => `/store/upload-1/${part}`);
  expect(puts(server).slice(earlier).toSorted()).toEqual(missing);
});

test("an upload whose last answer was lost is completed once more, not sent once more", async () => {
  const { platform, server, page } = await stage();
  const upload = chosen();
  platform.interfere = ({ path }) => (path.endsWith("/complete") ? { status: 400 } : undefined);
  const direct = page();
  await expect(direct.send(upload, untold, never)).rejects.toMatchObject({ status: 400 });
  platform.interfere = () => undefined;
  platform.completed.add("upload-1");
  expect(await direct.send(upload, untold, never)).toMatchObject({ id: "upload-1", filename: CONTENT });
  expect(puts(server)).toHaveLength(4);
});

test("a remembered upload that is gone begins anew", async () => {
  const { platform, remembered, page } = await stage();
  remembered.keep(chosen(), { id: "long-gone", expiresAt: EXPIRES });
  expect((await page().send(chosen(), untold, never)).filename).toBe(CONTENT);
  expect([...platform.stored.keys()]).toEqual(["upload-1"]);
});

test("the same file chosen twice at once is two videos", async () => {
  const { page } = await stage();
  const direct = page();
  const videos = await Promise.all([chosen(), chosen()].map((upload) => direct.send(upload, untold, never)));
  expect(new Set(videos.map((video) => video.id)).size).toBe(2);
  expect(videos.map((video) => video.filename)).toEqual([CONTENT, CONTENT]);
});

test.each([403, 500, 503])("a part that the store refuses with %d is signed and sent again", async (status) => {
  const { platform, page } = await stage();
  let refusals = 2;
  platform.interfere = ({ path }) => {
    if (!path.endsWith("upload-1/2") || refusals === 0) return undefined;
    refusals -= 1;
    return { status };
  };
  expect((await page().send(chosen(), untold, never)).filename).toBe(CONTENT);
});

test("a refusal that does not pass ends the upload", async () => {
  const { platform, page } = await stage();
  platform.interfere = ({ path }) => (path.startsWith("/store/") ? { status: 400 } : undefined);
  await expect(page().send(chosen(), untold, never)).rejects.toMatchObject({ status: 400 });
});

test("a store that never answers while the API does is out of reach", async () => {
  const { page } = await stage();
  await expect(page(blocked).send(chosen(), untold, never)).rejects.toBeInstanceOf(StoreNotReached);
});

test("an API that knows no uploads in parts is like a store out of reach", async () => {
  const { platform, page } = await stage();
  platform.interfere = ({ path }) => (path === "/uploads" ? { status: 404, body: { code: "not_found" } } : undefined);
  await expect(page().send(chosen(), untold, never)).rejects.toBeInstanceOf(StoreNotReached);
});

test("a store that has answered before is tried again when the connection breaks", async () => {
  const { server, page } = await stage();
  const put = puttingAt(server.origin);
  let breaks = 3;
  const shaky: PutPart = async (url, ...rest) => {
    if (!url.endsWith("/1") && breaks > 0 && server.asked.some((one) => one.method === "PUT")) {
      breaks -= 1;
      throw new NotReached("the connection broke");
    }
    await put(url, ...rest);
  };
  expect((await page(shaky).send(chosen(), untold, never)).filename).toBe(CONTENT);
});

test("an upload that is given up leaves nothing behind", async () => {
  const { platform, remembered, page } = await stage();
  const upload = chosen();
  platform.interfere = ({ path }) => (path.startsWith("/store/") ? { status: 400 } : undefined);
  const direct = page();
  await expect(direct.send(upload, untold, never)).rejects.toMatchObject({ status: 400 });
  await direct.discard(upload);
  expect([platform.stored.size, remembered.find(chosen())]).toEqual([0, null]);
});
