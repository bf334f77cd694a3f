import { expect, test } from "vitest";
import { FittingUploads } from "../../src/uploads/fitting";
import type { PutPart } from "../../src/uploads/parts";
import { blocked, CONTENT, chosen, never, type Stage, stage, untold } from "./stage";

function fittingOf({ page, streamed }: Stage, largeBytes: number, put?: PutPart): FittingUploads {
  const direct = page(put);
  return new FittingUploads(streamed, async () => direct, largeBytes);
}

test.each([
  [CONTENT.length + 1, "streamed", false],
  [CONTENT.length, "upload-1", true],
])("a file of 14 bytes, where those of %d are large, becomes the video %s", async (largeBytes, id, keepsParts) => {
  const fitting = fittingOf(await stage(), largeBytes);
  expect(await fitting.send(chosen(), untold, never)).toMatchObject({ id, filename: CONTENT });
  expect(fitting.keepsParts(chosen().file)).toBe(keepsParts);
});

test("a store out of reach leaves no upload behind, and large files are streamed from then on", async () => {
  const ours = await stage();
  const fitting = fittingOf(ours, 1, blocked);
  expect((await fitting.send(chosen(), untold, never)).id).toBe("streamed");
  expect((await fitting.send(chosen(), untold, never)).id).toBe("streamed");
  expect(ours.platform.stored.size).toBe(0);
  expect(ours.server.asked.filter((one) => one.path === "/uploads")).toHaveLength(1);
});

test("other failures are told, not worked around", async () => {
  const ours = await stage();
  ours.platform.interfere = ({ path }) => (path.startsWith("/store/") ? { status: 400 } : undefined);
  await expect(fittingOf(ours, 1).send(chosen(), untold, never)).rejects.toMatchObject({ status: 400 });
  expect(ours.server.asked.some((one) => one.path === "/videos")).toBe(false);
});
