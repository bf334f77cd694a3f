import { execFileSync } from "node:child_process";
import { basename, join } from "node:path";
import type { Page } from "@playwright/test";
import { film } from "./films";
import { card, choose, expect, expectStatus, open, signUp, test } from "./journeys";

const IMAGES = join(__dirname, "..", "..", "docs", "images");

const PALETTE = "split[whole][seen];[seen]palettegen[colours];[whole][colours]paletteuse";

/** The README's pictures, made anew by `npm run screenshots`; of 256 colours, a third of the weight. */
async function picture(page: Page, name: string): Promise<void> {
  if (!process.env.FIAPX_SCREENSHOTS) return;
  const input = await page.screenshot({ animations: "disabled" });
  const command = ["-v", "error", "-y", "-f", "png_pipe", "-i", "-", "-vf", PALETTE, join(IMAGES, name)];
  execFileSync("ffmpeg", command, { input, timeout: 60_000 });
}

const UPLOAD_BYTES_PER_S = 400_000;

test("a new user gets from the first page to an opened ZIP", async ({ page }, testInfo) => {
  const ours = process.env.FIAPX_FILM ?? film();
  const name = basename(ours);
  const others = ["street.mp4", "garden.mp4"];

  await test.step("signs up from the first page", async () => {
    await page.goto("/");
    await page.getByRole("link", { name: "Create an account" }).click();
    await signUp(page);
    await expect(page.getByText("No videos yet")).toBeVisible();
  });

  await test.step("sees the upload go on", async () => {
    const devtools = await page.context().newCDPSession(page);
    const slowly = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: UPLOAD_BYTES_PER_S };
    await devtools.send("Network.emulateNetworkConditions", slowly);
    await choose(page, ours);
    const upload = page.getByRole("progressbar", { name: `Upload of ${name}` });
    await expect
      .poll(async () => Number(await upload.getAttribute("aria-valuenow").catch(() => 0)), { intervals: [100] })
      .toBeGreaterThan(0);
    expect(Number(await upload.getAttribute("aria-valuenow"))).toBeLessThanOrEqual(100);
    await devtools.send("Network.emulateNetworkConditions", { ...slowly, uploadThroughput: -1 });
  });

  await test.step("uploads two more at once and sees all complete without reloading", async () => {
    await page.getByLabel("Another rate").check();
    await page.getByLabel("Frames a second").fill("0,5");
    await choose(page, ...others.map((other) => film(other, 6)));
    for (const one of [name, ...others]) await expectStatus(card(page, one), "completed");
    await expect(card(page, "street.mp4")).toContainText("3 frames");
    await picture(page, "library.png");
  });

  await open(page, name);
  const frames = page.getByRole("region", { name: "Frames" }).getByRole("listitem");

  await test.step("sees every frame's picture and time", async () => {
    await expect(frames.first()).toContainText("0:00.000");
    await expect(frames.nth(1)).toContainText("0:01.000");
    await expect(page.getByText("1 a second")).toBeVisible();
    for (const picture of await frames.getByRole("img").all()) {
      await picture.scrollIntoViewIfNeeded();
      await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
    }
    await page.evaluate(() => scrollTo(0, 0));
    await picture(page, "video.png");
  });

  await test.step("downloads the ZIP and opens it", async () => {
    const downloading = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download all frames" }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe(name.replace(/\.\w+$/, "-frames.zip"));
    const archive = testInfo.outputPath("frames.zip");
    await download.saveAs(archive);
    expect(execFileSync("unzip", ["-tq", archive], { encoding: "utf8" })).toContain("No errors detected");
    const names = execFileSync("unzip", ["-Z1", archive], { encoding: "utf8" }).trim().split("\n");
    expect(names.filter((entry) => entry.endsWith(".png"))).toHaveLength(await frames.count());
    expect(names).toContain("frame_000002_00-00-01.000.png");
  });

  await test.step("downloads an overview, a picture of some frames", async () => {
    const downloading = page.waitForEvent("download");
    await page.getByRole("link", { name: "Download an overview" }).click();
    const download = await downloading;
    expect(download.suggestedFilename()).toBe(name.replace(/\.\w+$/, "-contact-sheet.jpg"));
    const overview = testInfo.outputPath("overview.jpg");
    await download.saveAs(overview);
    const shape = ["-v", "error", "-show_entries", "stream=codec_name,width", "-of", "csv=p=0", overview];
    expect(execFileSync("ffprobe", shape, { encoding: "utf8" }).trim()).toBe("mjpeg,1300");
  });

  await test.step("signs out, and nothing is shown any more", async () => {
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByRole("link", { name: "Log in" })).toBeVisible();
    await page.goto("/videos");
    await expect(page.getByRole("heading", { name: "Log in" })).toBeVisible();
    await expect(page.getByText(name)).toBeHidden();
  });
});
