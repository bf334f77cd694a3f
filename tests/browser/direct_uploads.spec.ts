import type { Page, Request } from "@playwright/test";
import { largeFilm } from "./films";
import { card, choose, expect, expectStatus, signUp, test } from "./journeys";

/** Presigned PUTs: straight to the store, past the API. */
const PARTS = /[?&]partNumber=\d+/;
const NAME = "large.mp4";

const partOf = (request: Request): string => new URL(request.url()).searchParams.get("partNumber") ?? "";

/** The parts that arrive from now on. */
function arrivingParts(page: Page): string[] {
  const parts: string[] = [];
  page.on("requestfinished", (request) => {
    if (request.method() === "PUT" && PARTS.test(request.url())) parts.push(partOf(request));
  });
  return parts;
}

test.beforeEach(async ({ page }) => {
  await signUp(page);
});

test("an upload that is paused and cut off by a reload goes on with the parts that are missing", async ({ page }) => {
  const parts = arrivingParts(page);
  await page.route(PARTS, (route) => (partOf(route.request()) === "2" ? undefined : route.continue()));
  await choose(page, largeFilm(NAME));
  await expect.poll(() => parts.toSorted()).toEqual(["1", "3"]);
  await page.getByRole("button", { name: `Pause the upload of ${NAME}` }).click();
  await expect(page.getByText("Paused")).toBeVisible();
  await page.unroute(PARTS);
  await page.reload();
  await expect(card(page, NAME)).toContainText("choose the same file and frames again");
  await choose(page, largeFilm(NAME));
  await expectStatus(card(page, NAME), "completed");
  expect(parts.toSorted()).toEqual(["1", "2", "3"]);
  await expect(page.locator("li[data-video]")).toHaveCount(1);
});

test("an upload that is cancelled disappears", async ({ page }) => {
  await page.route(PARTS, () => undefined);
  const sending = page.waitForRequest(PARTS);
  await choose(page, largeFilm(NAME));
  await sending;
  const ended = page.waitForResponse((answer) => answer.request().method() === "DELETE");
  await page.getByRole("button", { name: `Cancel the upload of ${NAME}` }).click();
  await expect(page.getByRole("progressbar", { name: `Upload of ${NAME}` })).toBeHidden();
  expect((await ended).status()).toBe(204);
  await page.reload();
  await expect(page.getByText("No videos yet")).toBeVisible();
});

test.describe("a store that the browser cannot reach", () => {
  // the upload that is given up may be asked for once more when it is gone
  test.use({ provoked: /ERR_FAILED|status of 404.*\/uploads\// });

  test("is gone round through the API", async ({ page }) => {
    await page.route(PARTS, (route) => route.abort());
    const streamed = page.waitForRequest(
      (request) => request.method() === "POST" && request.url().endsWith("/api/v1/videos"),
    );
    await choose(page, largeFilm(NAME));
    await streamed;
    await expectStatus(card(page, NAME).filter({ hasText: "frames" }), "completed");
  });
});
