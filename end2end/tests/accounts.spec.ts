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
