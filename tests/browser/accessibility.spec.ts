import { expectAccessible } from "./accessible";
import { expect, test } from "./journeys";

test("the first page", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await expectAccessible(page);
});

test("a page that does not exist", async ({ page }) => {
  await page.goto("/no/such/page");
  await expect(page.getByRole("heading", { name: "There is no such page" })).toBeVisible();
  await expectAccessible(page);
});

for (const [path, submit] of [
  ["/signup", "Create account"],
  ["/login", "Log in"],
] as const) {
  test(`${path}, also with faults`, async ({ page }) => {
    await page.goto(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: submit }).click();
    await expect(page.getByText("Please fill this in.")).toHaveCount(2);
    await expectAccessible(page);
  });
}

test("/forgot-password, also with a fault", async ({ page }) => {
  await page.goto("/forgot-password");
  await page.getByRole("button", { name: "Send the link" }).click();
  await expect(page.getByText("Please fill this in.")).toBeVisible();
  await expectAccessible(page);
});

for (const path of ["/verify-email", "/reset-password"]) {
  test(`${path} without a link`, async ({ page }) => {
    await page.goto(path);
    await expect(page.getByRole("alert")).toBeVisible();
    await expectAccessible(page);
  });
}

test("/reset-password by a link", async ({ page }) => {
  await page.goto("/reset-password#token=any");
  await page.getByRole("button", { name: "Set the password" }).click();
  await expect(page.getByText("Please fill this in.")).toBeVisible();
  await expectAccessible(page);
});
