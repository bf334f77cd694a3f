import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, logIn, newAddress, PASSWORD, signUp, test } from "./journeys";
import { linksTo, linkTo } from "./mails";

const NEW_PASSWORD = "another horse, another staple";

const notice = (page: Page) => page.getByRole("region", { name: "Please confirm your e-mail address" });

test("the link of the mail confirms the address, and the secret leaves the address bar", async ({ page }) => {
  const email = await signUp(page);
  await expect(notice(page)).toContainText(email);
  await page.goto(await linkTo(email, "/verify-email"));
  await expect(page.getByText("Thank you, your e-mail address is confirmed.")).toBeVisible();
  await expect(page).toHaveURL(/\/verify-email$/);
  await page.getByRole("link", { name: "Your videos" }).click();
  await expect(page.getByText("No videos yet")).toBeVisible();
  await expect(notice(page)).toBeHidden();
});

test("the mail with the link is sent again on demand", async ({ page }) => {
  const email = await signUp(page);
  await linkTo(email, "/verify-email");
  await notice(page).getByRole("button", { name: "Send it again" }).click();
  await expect(notice(page)).toContainText("Another mail is on its way");
  await linksTo(email, "/verify-email", 2);
});

test.describe("a forgotten password", () => {
  test.use({ provoked: /status of 4(00|01|22)/ });

  test("is set anew by a link that works once, and whoever was signed in is signed out", async ({ page, browser }) => {
    const email = newAddress();
    const elsewhere = await (await browser.newContext()).newPage();
    await signUp(elsewhere, email);

    await page.goto("/login");
    await page.getByRole("link", { name: "Forgot your password?" }).click();
    // The page before asks for an e-mail address, too.
    await expect(page.getByRole("heading", { name: "Set a new password" })).toBeVisible();
    await page.getByLabel("E-mail address").fill(email);
    await page.getByRole("button", { name: "Send the link" }).click();
    await expect(page.getByText("the mail is on its way")).toBeVisible();

    const link = await linkTo(email, "/reset-password");
    await page.goto(link);
    await page.getByRole("textbox", { name: "Password" }).fill(NEW_PASSWORD);
    await page.getByRole("button", { name: "Set the password" }).click();
    await expect(page.getByText("The new password is set")).toBeVisible();
    await expect(page).toHaveURL(/\/reset-password$/);

    await page.getByRole("link", { name: "Log in" }).click();
    await logIn(page, email, NEW_PASSWORD);
    await elsewhere.reload();
    await expect(elsewhere.getByRole("heading", { name: "Log in" })).toBeVisible();
    await elsewhere.goto(link);
    await elsewhere.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
    await elsewhere.getByRole("button", { name: "Set the password" }).click();
    await expect(elsewhere.getByRole("alert")).toContainText("This link is used already");
    await elsewhere.context().close();
  });
});

test("name and language are changed in the account", async ({ page }) => {
  await signUp(page);
  await page.getByRole("link", { name: "Account" }).click();
  await page.getByLabel("Your name").fill("Beatriz");
  await page.getByRole("main").getByLabel("Language").selectOption("pt-BR");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { name: "Sua conta" })).toBeVisible();
  await expect(page.getByText("Salvo.")).toBeVisible();
  await page.reload();
  await expect(page.getByLabel("Seu nome")).toHaveValue("Beatriz");
  await expect(page.getByRole("main").getByLabel("Idioma")).toHaveValue("pt-BR");
});

test("all that is kept of one is downloaded from the account, in either language", async ({ page }) => {
  const email = await signUp(page);
  await page.getByRole("link", { name: "Account" }).click();
  await page.getByRole("banner").getByLabel("Language").selectOption("pt-BR");
  await expect(page.getByRole("link", { name: "Baixar meus dados" })).toBeVisible();
  await page.getByRole("banner").getByLabel("Idioma").selectOption("en");
  const coming = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download my data" }).click();
  const download = await coming;
  expect(download.suggestedFilename()).toMatch(/^fiapx-export-\d{4}-\d\d-\d\d\.json$/);
  const told = JSON.parse(await readFile(await download.path(), "utf8"));
  expect(told.user.email).toBe(email);
  expect(told.sessions).toHaveLength(1);
});

test("sessions are listed, and ended one by one or all but this", async ({ page, browser }) => {
  const email = await signUp(page);
  const others: Page[] = [];
  for (const userAgent of ["curl/8.14.1", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"]) {
    const other = await (await browser.newContext({ userAgent })).newPage();
    await other.goto("/login");
    await logIn(other, email, PASSWORD);
    others.push(other);
  }
  await page.getByRole("link", { name: "Account" }).click();
  const sessions = page.getByRole("region", { name: "Where you are signed in" }).getByRole("listitem");
  await expect(sessions).toHaveCount(3);
  await expect(sessions.filter({ hasText: "Firefox on Linux" })).toContainText("127.0.0.1");
  await expect(sessions.filter({ hasText: "This one" })).toContainText("Chrome on Linux");
  await page.getByRole("button", { name: "Sign out curl" }).click();
  await expect(sessions).toHaveCount(2);
  await page.getByRole("button", { name: "Sign out all others" }).click();
  await expect(sessions).toHaveCount(1);
  for (const other of others) {
    await other.reload();
    await expect(other.getByRole("heading", { name: "Log in" })).toBeVisible();
    await other.context().close();
  }
});
