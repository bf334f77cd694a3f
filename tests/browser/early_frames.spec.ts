import { film } from "./films";
import { choose, expect, expectStatus, open, signUp, test } from "./journeys";

test("the first frames are shown while the others are being made", async ({ page }) => {
  await signUp(page);
  await page.getByLabel("Another rate").check();
  await page.getByLabel("Frames a second").fill("25");
  await choose(page, film("long.mp4", 16, "1920x1080"));
  await open(page, "long.mp4");

  const seen = await page.waitForFunction(() => {
    const [picture] = document.querySelectorAll("section[aria-labelledby=frames-title] img");
    if (!(picture instanceof HTMLImageElement) || !picture.naturalWidth) return null;
    return {
      status: document.querySelector("[data-video-status]")?.getAttribute("data-video-status"),
      text: document.querySelector("main")?.textContent,
    };
  });
  const { status, text } = (await seen.jsonValue()) ?? {};
  expect(status).toBe("processing");
  expect(text).toMatch(/[1-9]\d* of 400 frames so far/);

  await expectStatus(page.getByRole("main"), "completed");
  const frames = page.getByRole("region", { name: "Frames" });
  await expect(frames).toContainText("1 to 24 of 400");
  await expect(frames.getByRole("img")).toHaveCount(24);
});
