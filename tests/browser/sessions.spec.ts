import { expect, newAddress, PASSWORD, signUp, test } from "./journeys";

test("a reload and a second tab stay signed in", async ({ page, context }) => {
  await signUp(page);
  await page.reload();
  await expect(page.getByRole("heading", { name: "Your videos" })).toBeVisible();
  const second = await context.newPage();
  await second.goto("/");
  await expect(second.getByRole("heading", { name: "Your videos" })).toBeVisible();
});

test.describe("two tabs", () => {
  // What the other tab asks at the very moment of signing out is refused.
  test.use({ provoked: /status of 401/ });

  test("signing out in one tab signs out the other", async ({ page, context }) => {
    await signUp(page);
    const second = await context.newPage();
    await second.goto("/videos");
    await second.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByRole("heading", { name: "Log in" })).toBeVisible();
  });
});

test.describe("what the server refuses", () => {
  test.use({ provoked: /status of 40[149]/ });

  test("wrong passwords are told in plain words", async ({ page }) => {
    await page.goto("/login");
    await page.getByLabel("E-mail address").fill(newAddress());
    await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
    await page.getByRole("button", { name: "Log in" }).click();
    await expect(page.getByRole("alert")).toContainText("The e-mail address or the password is wrong.");
    await expect(page.getByRole("alert")).toContainText("wrong_credentials");
  });

  test("an address that is taken leads to logging in", async ({ page }) => {
    const email = await signUp(page);
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByRole("link", { name: "Log in" })).toBeVisible();
    await page.goto("/signup");
    await page.getByLabel("E-mail address").fill(email);
    await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.getByRole("alert")).toContainText("Log in instead");
  });

  test("an address that needs a session is reached after logging in", async ({ page }) => {
    const email = await signUp(page);
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByRole("link", { name: "Log in" })).toBeVisible();
    const wanted = "/videos/00000000-0000-4000-8000-000000000000";
    await page.goto(wanted);
    await page.getByLabel("E-mail address").fill(email);
    await page.getByRole("textbox", { name: "Password" }).fill(PASSWORD);
    await page.getByRole("button", { name: "Log in" }).click();
    await expect(page).toHaveURL(wanted);
  });

  test("a video that is not there is told so", async ({ page }) => {
    await signUp(page);
    await page.goto("/videos/00000000-0000-4000-8000-000000000000");
    await expect(page.getByRole("heading", { name: "This video is not here" })).toBeVisible();
  });
});

test.describe("a server that does not answer", () => {
  test.use({ provoked: /ERR_FAILED|NotReached/ });

  test("is told so, and trying again goes on where the user was", async ({ page }) => {
    await signUp(page);
    await page.route("**/api/v1/auth/refresh", (route) => route.abort());
    await page.reload();
    await expect(page.getByRole("alert")).toContainText("The server does not answer.");
    await page.unroute("**/api/v1/auth/refresh");
    await page.getByRole("button", { name: "Try again" }).click();
    await expect(page.getByRole("heading", { name: "Your videos" })).toBeVisible();
  });
});

test("fields that are empty or wrong are told before anything is sent", async ({ page }) => {
  await page.goto("/signup");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByLabel("E-mail address")).toBeFocused();
  await expect(page.getByText("Please fill this in.")).toHaveCount(2);
  await page.getByLabel("E-mail address").fill(newAddress());
  await page.getByRole("textbox", { name: "Password" }).fill("short");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByText("Please use at least 8 characters.")).toBeVisible();
});
