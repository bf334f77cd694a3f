import { cutFilm, film, textFile } from "./films";
import { card, choose, expect, expectStatus, open, signUp, test } from "./journeys";

test.beforeEach(async ({ page }) => {
  await signUp(page);
});

test.describe("what has begun", () => {
  // frames that the page asks for just when their attempt ends: gone with it, or not ready in a cancelled video
  test.use({ provoked: /status of (404|409).*\/frames\// });

  test("is cancelled, tried again and deleted", async ({ page }) => {
    await page.getByLabel("Another rate").check();
    await page.getByLabel("Frames a second").fill("25");
    await choose(page, film("long.mp4", 40));
    await expectStatus(card(page, "long.mp4"), "processing");
    await open(page, "long.mp4");
    await page.getByRole("button", { name: "Cancel" }).click();
    await expectStatus(page.getByRole("main"), "cancelled");
    await page.getByRole("button", { name: "Try again" }).click();
    await expectStatus(page.getByRole("main"), "processing");
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Keep it" }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Delete it" }).click();
    await expect(page.getByText("No videos yet")).toBeVisible();
  });
});

test("the legacy preset gives the old names", async ({ page }) => {
  await page.getByLabel("As before (legacy)").check();
  await choose(page, film());
  await expectStatus(card(page, "holiday.mp4"), "completed");
  await open(page, "holiday.mp4");
  await expect(page.getByText("as ffmpeg's fps=1")).toBeVisible();
  await expect(page.getByText("frame_{index:4}")).toBeVisible();
});

test("a damaged film's failure is told with what to do, a code and the video's id", async ({ page }) => {
  await choose(page, cutFilm());
  await expectStatus(card(page, "cut.mp4"), "failed");
  await open(page, "cut.mp4");
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("damaged or incomplete");
  await expect(alert).toContainText("upload the original file again");
  await expect(alert).toContainText("damaged");
  await expect(alert).toContainText(page.url().split("/").at(-1) ?? "no id");
});

test("many frames come in pages", async ({ page }) => {
  await page.getByLabel("Another rate").check();
  await page.getByLabel("Frames a second").fill("5");
  await choose(page, film());
  await expectStatus(card(page, "holiday.mp4"), "completed");
  await open(page, "holiday.mp4");
  const frames = page.getByRole("region", { name: "Frames" });
  await expect(frames).toContainText("1 to 24 of 40");
  await frames.getByRole("button", { name: "Next" }).click();
  await expect(frames).toContainText("25 to 40 of 40");
  await expect(frames.getByRole("listitem").first()).toContainText("0:04.800");
  await frames.getByRole("button", { name: "Previous" }).click();
  await expect(frames).toContainText("1 to 24 of 40");
});

test.describe("a file that is no video", () => {
  test.use({ provoked: /status of 415/ });

  test("is refused with a sentence and can be taken off the list", async ({ page }) => {
    await choose(page, textFile());
    await expect(page.getByRole("alert")).toContainText("This is not a video that we can read.");
    await expect(page.getByRole("button", { name: "Try the upload of notes.mp4 again" })).toBeHidden();
    await page.getByRole("button", { name: "Remove notes.mp4 from the list" }).click();
    await expect(page.getByText("notes.mp4")).toBeHidden();
  });
});

test.describe("an archive that is gone", () => {
  test.use({ provoked: /status of 404/ });

  test("is told on the page instead of being saved as a file", async ({ page, context }) => {
    await choose(page, film());
    await expectStatus(card(page, "holiday.mp4"), "completed");
    await open(page, "holiday.mp4");
    await expect(page.getByRole("link", { name: "Download all frames" })).toBeVisible();
    const second = await context.newPage();
    await second.goto(page.url());
    await second.getByRole("button", { name: "Delete" }).click();
    await second.getByRole("button", { name: "Delete it" }).click();
    await expect(second.getByText("No videos yet")).toBeVisible();
    await page.getByRole("link", { name: "Download all frames" }).click();
    await expect(page.getByText("It was deleted, or it belongs to somebody else.").first()).toBeVisible();
  });
});
