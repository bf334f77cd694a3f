import { expect, signUp, test } from "./journeys";

test.describe("a browser that prefers Portuguese", () => {
  test.use({ locale: "pt-BR" });

  test("gets the page in Portuguese", async ({ page }) => {
    await page.goto("/");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(
      "De um vídeo, exatamente os quadros que você pede",
    );
    await expect(page.locator("html")).toHaveAttribute("lang", "pt-BR");
  });

  test("speaks English once it is chosen, also after a reload", async ({ page }) => {
    await page.goto("/");
    await page.getByLabel("Idioma").selectOption("en");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("From a video, exactly the frames you ask for");
    await page.reload();
    await expect(page.locator("html")).toHaveAttribute("lang", "en");
  });
});

test("a browser that prefers neither language gets the page in English", async ({ browser }) => {
  const context = await browser.newContext({ locale: "de-DE" });
  const page = await context.newPage();
  await page.goto("/");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await context.close();
});

test("the language that a signed-in user chooses is kept in the account", async ({ page }) => {
  await signUp(page);
  const saved = page.waitForResponse((answer) => answer.request().method() === "PATCH");
  await page.getByLabel("Language").selectOption("pt-BR");
  await expect(page.getByRole("heading", { name: "Seus vídeos" })).toBeVisible();
  expect((await (await saved).json()).locale).toBe("pt-BR");
});
