// The whole of it without script: every action is a form that the server answers with a page.
import { expect, test, unique } from "../support/fixtures";

test("an error stands beside its field, and what was typed is kept", async ({ person }) => {
  const ada = await person("Ada");
  await ada.registers();

  const ben = await person("Ben");
  // A page that answers with an error may say so in its status.
  ben.expectStatus(409);
  ben.expectStatus(422);
  await ben.page.goto("/register");
  await ben.fillsRegistration({ ...ben.account, username: ada.account.username });
  await ben.button("Create account").click();

  await expect(ben.page).toHaveURL(/\/register/);
  await expect(ben.field("Username")).toHaveAttribute("aria-invalid", "true");
  await expect(ben.field("Username")).toHaveAccessibleDescription(/\S/);
  await expect(ben.field("Username")).toHaveValue(ada.account.username);
  await expect(ben.field("Your name")).toHaveValue(ben.account.displayName);
  await expect(ben.field("E-mail")).toHaveValue(ben.account.email);
  await expect(ben.field("Password")).toHaveValue("");
  expect(ben.page.url()).not.toContain(encodeURIComponent(ben.account.email));

  await ben.field("Username").fill(ben.account.username);
  await ben.field("Password").fill(ben.account.password);
  await ben.button("Create account").click();
  await expect(ben.page).not.toHaveURL(/\/register/);
});

test("signing out and in again", async ({ person }) => {
  const ada = await person("Ada");
  await ada.registers();
  await ada.signsOut();
  await ada.signsIn();
  await ada.opens("Lobby");
});

test("a room is made, joined, talked in and left", async ({ person }) => {
  const [ada, ben] = [await person("Ada"), await person("Ben")];
  const room = unique("Paper");
  await ada.registers();
  await ben.registers();
  await ada.createsRoom(room, "Letters only");
  await ben.joins(room);

  await ada.says("Written by hand");
  await ben.page.reload();
  await ben.sees("Written by hand");

  await ada.edits("Written by hand", "Written with a pen");
  await ada.deletes("Written with a pen");
  await expect(ada.page.getByText("This message was deleted")).toBeVisible();

  await ben.button(/^Leave/).first().click();
  await ben.page.goto("/");
  await expect(ben.page.getByTestId("room-link").first()).toBeVisible();
  await expect(ben.roomLink(room)).toHaveCount(0);
});

test("a message that is only space is not sent", async ({ person }) => {
  const ada = await person("Ada");
  ada.expectStatus(422);
  await ada.registers();
  const room = unique("Blank");
  await ada.createsRoom(room);
  await ada.composer.fill("   ");
  await ada.button("Send").click();
  await ada.page.goto(ada.page.url());
  await expect(ada.page.getByTestId("message-body")).toHaveCount(0);
});

test("the theme is chosen, and kept on the next page", async ({ person }) => {
  const ada = await person("Ada");
  await ada.registers();
  await ada.page.goto("/me");
  const dark = ada.page.getByRole("radio", { name: "Dark" });
  if (await dark.count()) {
    await dark.check();
    await ada.page.locator("form", { has: dark }).getByRole("button").click();
  } else {
    await ada.button("Dark").click();
  }
  await expect(ada.page.locator("html")).toHaveAttribute("data-theme", "dark");
  await ada.page.goto("/rooms");
  await expect(ada.page.locator("html")).toHaveAttribute("data-theme", "dark");
});
