// Where one reads: nothing moves by itself, and what was not seen is not read.
import { expect, test, unique, type Person } from "../support/fixtures";

/** Posts many messages as the composer without script does; a person may send sixty at once. */
async function postsMany(person: Person, count: number, words: string): Promise<void> {
  const room = new URL(person.page.url()).pathname.split("/")[2] ?? "";
  const statuses = await person.page.evaluate(
    async ({ room, count, words }) => {
      const statuses: number[] = [];
      for (let n = 1; n <= count; n += 1) {
        const id = crypto.getRandomValues(new Uint8Array(16)).reduce((hex, byte) => hex + byte.toString(16).padStart(2, "0"), "");
        const body = new URLSearchParams({ room, client_id: id, body: `${words} ${n}` });
        const answer = await fetch("/api/post_message", { method: "POST", headers: { Accept: "application/json" }, body });
        statuses.push(answer.status);
      }
      return statuses;
    },
    { room, count, words },
  );
  expect(new Set(statuses)).toEqual(new Set([200]));
}

/** The top of this message in the window, in pixels. */
async function topOf(person: Person, text: string): Promise<number> {
  const box = await person.message(text).boundingBox();
  return box?.y ?? Number.NaN;
}

async function inTheSameRoom(person: (name: string) => Promise<Person>): Promise<[Person, Person, string]> {
  const [ada, ben] = [await person("Ada"), await person("Ben")];
  await ada.registers();
  await ben.registers();
  const room = unique("Library");
  await ada.createsRoom(room);
  await ben.joins(room);
  return [ada, ben, room];
}

test("a room opens where one left off, with the line a third down", async ({ person }) => {
  const [ada, ben, room] = await inTheSameRoom(person);
  await ada.says("The last that was read");
  await ben.sees("The last that was read");
  await ben.opens("Lobby");
  await postsMany(ada, 40, "Unread");
  await ben.seesUnread(room);
  await ben.opens(room);

  const line = ben.page.getByTestId("unread-line");
  await expect(line).toHaveText("40 new messages");
  await expect(line).toBeInViewport();
  await expect(ben.page.getByTestId("jump")).toBeVisible();
  await ben.page.getByTestId("jump").click();
  await expect(ben.message("Unread 40")).toBeInViewport();
  // The line stays where it is while one is in the room.
  await expect(line).toHaveCount(1);
  await ben.opens("Lobby");
  await ben.seesNothingUnread(room);
});

test("history comes in above without moving what is read", async ({ person }) => {
  const [ada, ben] = await inTheSameRoom(person);
  await postsMany(ada, 55, "Ada's line");
  await postsMany(ben, 55, "Ben's line");
  // One's own post is read: the page opens at the newest.
  await ben.page.reload();
  await expect(ben.message("Ben's line 55")).toBeInViewport();

  const log = ben.page.getByRole("log");
  const rows = ben.page.getByTestId("message");
  const before = await rows.count();
  expect(before).toBeLessThanOrEqual(60);
  // Up to where history is fetched, but not to the edge; then what is in view must stay there.
  await log.evaluate((view) => (view.scrollTop = -(view.scrollHeight - view.clientHeight) + 300));
  const seen = `Ben's line ${55 - before + 8}`;
  await expect(ben.message(seen).first()).toBeVisible();
  const top = await topOf(ben, seen);
  await expect.poll(() => rows.count()).toBeGreaterThan(before);
  expect(Math.abs((await topOf(ben, seen)) - top)).toBeLessThanOrEqual(4);
  // One page came, not all there is.
  expect(await rows.count()).toBeLessThanOrEqual(before + 50);
});

test("while one reads back, new messages wait behind a button", async ({ person }) => {
  const [ada, ben] = await inTheSameRoom(person);
  await postsMany(ada, 45, "Old");
  await expect(ben.message("Old 45")).toBeInViewport();
  await ben.page.getByRole("log").evaluate((view) => (view.scrollTop = -600));
  await expect(ben.page.getByTestId("jump")).toBeVisible();
  await ada.says("Fresh");
  await expect(ben.page.getByTestId("jump")).toHaveText("1 new message");
  await expect(ben.message("Fresh")).not.toBeInViewport();
  await ben.page.getByTestId("jump").click();
  await expect(ben.message("Fresh")).toBeInViewport();
  await expect(ben.page.getByTestId("jump")).toHaveCount(0);
});

test("what one wrote and did not send comes back, and is not for the next person", async ({ person }) => {
  const [ada] = await inTheSameRoom(person);
  const path = new URL(ada.page.url()).pathname;
  await ada.typesWithoutSending("Half a thought");
  await ada.page.reload();
  await expect(ada.composer).toHaveValue("Half a thought");
  await ada.signsOut();

  const account = { ...ada.account, username: unique("eve").toLowerCase().replace(/[^a-z0-9]/g, ""), email: "" };
  await ada.page.goto("/register");
  await ada.fillsRegistration(account);
  await ada.button("Create account").click();
  await expect(ada.page).not.toHaveURL(/register/);
  await ada.page.goto(path);
  await ada.button("Join room").click();
  await expect(ada.composer).toHaveValue("");
});

test("typing without choosing a field writes a message", async ({ person }) => {
  const [ada, ben] = await inTheSameRoom(person);
  await ada.page.getByRole("log").focus();
  await ada.page.keyboard.type("Straight away");
  await expect(ada.composer).toHaveValue("Straight away");
  await ada.page.keyboard.press("Enter");
  await ben.sees("Straight away");
});

test("a page of somebody who signed out elsewhere sends nothing as the next person", async ({ person }) => {
  const [ada, ben] = await inTheSameRoom(person);
  const other = await ada.page.context().newPage();
  await other.goto("/me");
  await other.getByRole("button", { name: "Sign out" }).click();
  await expect(other).toHaveURL(/sign-in/);
  await expect(ada.page.getByTestId("banner")).toContainText("signed out");
  await other.goto("/register");
  await other.getByLabel("Your name", { exact: true }).fill("Eve");
  await other.getByLabel("Username", { exact: true }).fill(`eve${Date.now().toString(36)}`);
  await other.getByLabel("Password", { exact: true }).fill(ada.account.password);
  await other.getByRole("button", { name: "Create account" }).click();
  await expect(other).not.toHaveURL(/register/);

  await ada.composer.fill("This is Ada's");
  await ada.button("Send").click();
  await expect(ada.page.getByTestId("banner")).toContainText("signed out");
  await ben.says("Nothing came");
  await ben.doesNotSee("This is Ada's");
});

test("one sees who is here, and who has gone", async ({ person }) => {
  const [ada, ben] = await inTheSameRoom(person);
  const member = ada.page.getByTestId("member").filter({ hasText: ben.name });
  await expect(member).toContainText("online");
  const second = await ben.page.context().newPage();
  await second.goto("/");
  await ben.page.close();
  // Still here on the second page; gone once that has gone for a few seconds too.
  await ada.says("Are you there?");
  await expect(member).toContainText("online");
  await second.close();
  await expect(member).toContainText("offline", { timeout: 20_000 });
});

test("who touches nothing for five minutes is away, until the next touch", async ({ person }) => {
  const [ada, ben] = [await person("Ada"), await person("Ben")];
  await ben.page.clock.install();
  await ada.registers();
  await ben.registers();
  await ada.opens("Lobby");
  await ben.opens("Lobby");
  const member = ada.page.getByTestId("member").filter({ hasText: ben.name });
  await expect(member).toContainText("online");
  await ben.page.clock.fastForward("05:05");
  await ben.page.clock.runFor(2_000);
  await expect(member).toContainText("away");
  await ben.page.getByRole("log").click();
  await expect(member).toContainText("online");
});
