import type { Locator, Page } from "@playwright/test";
import { expectAccessible } from "./accessible";
import { cutFilm, film } from "./films";
import { card, choose, expect, expectStatus, open, signUp, test } from "./journeys";

test("the account", async ({ page }) => {
  await signUp(page);
  await page.getByRole("link", { name: "Account" }).click();
  await expect(page.getByText("This one")).toBeVisible();
  await expectAccessible(page);
});

test("the library, empty and with videos, and each video", async ({ page }) => {
  await signUp(page);
  await expect(page.getByText("No videos yet")).toBeVisible();
  await page.getByLabel("Another rate").check();
  await page.getByLabel("Frames a second").fill("many");
  await page.getByLabel("Picture format").selectOption("jpeg");
  await page.getByLabel("Quality").fill("best");
  await expectAccessible(page);

  await page.getByLabel("One frame a second").check();
  await page.getByLabel("Quality").fill("75");
  await choose(page, film(), cutFilm());
  await expectStatus(card(page, "holiday.mp4"), "completed");
  await expectStatus(card(page, "cut.mp4"), "failed");
  await expectAccessible(page);

  await open(page, "holiday.mp4");
  await expect(page.getByRole("region", { name: "Frames" }).getByRole("listitem").first()).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Delete" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Escape");

  await page.getByRole("link", { name: "All videos" }).click();
  await open(page, "cut.mp4");
  await expect(page.getByRole("alert")).toBeVisible();
  await expectAccessible(page);
});

/** Tabs on until the element has the focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let step = 0; step < 40; step += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`the focus never came to ${target}`);
}

test("the main job needs no mouse", async ({ page }) => {
  await signUp(page);
  const choosing = page.waitForEvent("filechooser");
  await tabTo(page, page.getByRole("button", { name: "Choose videos" }));
  await page.keyboard.press("Enter");
  await (await choosing).setFiles(film());
  await expectStatus(card(page, "holiday.mp4"), "completed");
  await tabTo(page, page.getByRole("link", { name: "holiday.mp4" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "holiday.mp4" })).toBeVisible();
  await expect(page.getByRole("main")).toBeFocused();
  const downloading = page.waitForEvent("download");
  await tabTo(page, page.getByRole("link", { name: "Download all frames" }));
  await page.keyboard.press("Enter");
  expect((await downloading).suggestedFilename()).toBe("holiday-frames.zip");
});
