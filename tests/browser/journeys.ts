/** What all browser tests do: watch the console, make an account, upload and wait. */

import { randomUUID } from "node:crypto";
import { test as base, type ConsoleMessage, expect, type Locator, type Page } from "@playwright/test";

export const PASSWORD = "correct horse battery staple";

interface Options {
  /** Console errors that the test provokes; Chromium writes one for each refused request. */
  provoked: RegExp;
}

/** A page that must not write errors to the console: broken policies, failed requests, exceptions. */
export const test = base.extend<Options & { quiet: undefined }>({
  provoked: [/$^/, { option: true }],
  quiet: [
    async ({ page, provoked }, use) => {
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(String(error)));
      page.on("console", (message: ConsoleMessage) => {
        const text = `${message.text()} ${message.location().url}`;
        if (message.type() === "error" && !provoked.test(text)) errors.push(text);
      });
      await use(undefined);
      expect(errors, "errors in the console").toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

export const newAddress = (): string => `${randomUUID()}@example.com`;

export async function signUp(page: Page, email = newAddress(), name = "Ana"): Promise<string> {
  await page.goto("/signup");
  await page.getByLabel("Your name").fill(name);
  await page.getByLabel("E-mail address").fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { name: "Your videos" })).toBeVisible();
  return email;
}

/** On the page that asks for it. */
export async function logIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByRole("textbox", { name: "Password" }).fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await expect(page.getByRole("heading", { name: "Your videos" })).toBeVisible();
}

export async function choose(page: Page, ...files: string[]): Promise<void> {
  await page.locator("input[type=file]").setInputFiles(files);
}

export function card(page: Page, filename: string): Locator {
  return page.locator("li[data-video]").filter({ has: page.getByRole("link", { name: filename, exact: true }) });
}

export async function expectStatus(place: Locator, status: string): Promise<void> {
  await expect(place.locator("[data-video-status]")).toHaveAttribute("data-video-status", status, { timeout: 180_000 });
}

/** Opens a video of the library. */
export async function open(page: Page, filename: string): Promise<void> {
  await card(page, filename).getByRole("link", { name: filename }).click();
  await expect(page.getByRole("heading", { level: 1, name: filename })).toBeVisible();
}
