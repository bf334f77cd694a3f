import { film } from "./films";
import { card, choose, expect, expectStatus, signUp, test } from "./journeys";

const EVENTS = "**/api/v1/events";
const isList = (url: string): boolean => new URL(url).pathname.endsWith("/api/v1/videos");

test("changes arrive by the stream: the list is not asked for again", async ({ page }) => {
  const opened = page.waitForResponse(EVENTS);
  await signUp(page);
  expect((await opened).headers()["content-type"]).toContain("text/event-stream");
  await page.waitForLoadState("networkidle");
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.method() === "GET" && isList(request.url())) asked.push(request.url());
  });
  await choose(page, film());
  await expectStatus(card(page, "holiday.mp4"), "completed");
  expect(asked).toEqual([]);
});

test.describe("a stream that is refused", () => {
  test.use({ provoked: /status of 404.*\/events/ });

  test("is replaced by asking", async ({ page }) => {
    await page.route(EVENTS, (route) => route.fulfill({ status: 404 }));
    await signUp(page);
    await choose(page, film());
    await expectStatus(card(page, "holiday.mp4"), "completed");
  });
});
