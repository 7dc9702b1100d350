// Who may come in, and what the door says.
import { expect, Server, test } from "../support/fixtures";

test("a wrong password says no more than an unknown name", async ({ person }) => {
  const ada = await person("Ada");
  ada.expectStatus(401);
  ada.expectStatus(422);
  await ada.registers();
  await ada.signsOut();

  const answers: string[] = [];
  for (const name of [ada.account.username, "nobody-of-that-name"]) {
    await ada.triesToSignIn(name, "not the password");
    // The words stand beside the password, whatever was wrong.
    const password = ada.field("Password");
    await expect(password).toHaveAccessibleDescription(/\S/);
    await expect(ada.page).toHaveURL(/\/sign-in/);
    answers.push(await ada.page.locator(`#${await password.getAttribute("aria-describedby")}`).innerText());
  }
  expect(answers[1]).toBe(answers[0]);
  await ada.signsIn();
});

test("signing in works by e-mail too", async ({ person }) => {
  const ada = await person("Ada");
  await ada.registers();
  await ada.signsOut();
  await ada.triesToSignIn(ada.account.email, ada.account.password);
  await expect(ada.page).not.toHaveURL(/\/sign-in/);
});

test("pages for members send everybody else to the door", async ({ person }) => {
  const stranger = await person("Stranger");
  for (const path of ["/", "/rooms", "/rooms/new", "/me"]) {
    await stranger.page.goto(path);
    await expect(stranger.page, path).toHaveURL(/\/sign-in/);
  }
});

test("after signing out the pages are closed again", async ({ person }) => {
  const ada = await person("Ada");
  await ada.registers();
  await ada.signsOut();
  await ada.page.goto("/me");
  await expect(ada.page).toHaveURL(/\/sign-in/);
});

test("the set-up link of a new server makes one account, once", async ({ person }) => {
  const server = await Server.start();
  try {
    const owner = await person("Owner", server);
    await owner.page.goto(server.setupLink());
    await owner.fillsRegistration();
    await owner.button("Create account").click();
    await expect(owner.page).not.toHaveURL(/\/setup\//);
    await owner.opens("Lobby");

    const late = await person("Late", server);
    late.expectStatus(404);
    late.expectStatus(410);
    await late.page.goto(server.setupLink());
    await expect(late.button("Create account")).toHaveCount(0);
  } finally {
    await server.stop();
  }
});

test("a forgotten password is set anew with a link, once", async ({ person, server }) => {
  const ada = await person("Ada");
  await ada.registers();
  await ada.opens("Lobby");
  const other = await person("Other");
  const link = (await server.command("user", "reset-link", ada.account.username)).match(/https?:\S+/)?.[0] ?? "";
  await other.page.goto(link);
  await other.field("New password").fill("another quiet harbour");
  await other.button("Save password").click();
  await expect(other.page).toHaveURL(/\/sign-in/);
  // The page that was signed in is told by itself.
  await expect(ada.page.getByTestId("banner")).toContainText("signed out");

  await other.triesToSignIn(ada.account.username, "another quiet harbour");
  await expect(other.page).not.toHaveURL(/\/sign-in/);
  await other.page.goto(link);
  await expect(other.page.getByRole("heading", { level: 1 })).toHaveText("This link no longer works");
});

test("the theme is remembered, and right at the first paint", async ({ person }) => {
  const ada = await person("Ada");
  await ada.registers();
  await ada.page.goto("/me");
  await ada.button("Dark").click();
  await expect(ada.page.locator("html")).toHaveAttribute("data-theme", "dark");
  await expect.poll(async () => (await ada.page.request.get("/me")).text()).toContain('data-theme="dark"');
  await ada.page.reload();
  await expect(ada.button("Dark")).toHaveAttribute("aria-pressed", "true");
});
