// The promise of catch-up: a server that dies in the middle of a talk costs nobody a message.
import { expect, test, type Person } from "../support/fixtures";

const EACH = 12;

async function talks(who: Person, word: string, from: number, to: number): Promise<void> {
  for (let n = from; n <= to; n += 1) await who.says(`${word} ${n}.`);
}

test("after kill -9 in the middle of a talk both have every message once, in one order", async ({ person, server }) => {
  test.setTimeout(120_000);
  const ada = await person("Ada");
  const ben = await person("Ben");
  const room = `Storm ${Date.now().toString(36)}`;
  await ada.registers();
  await ben.registers();
  await ada.createsRoom(room);
  await ben.joins(room);

  // Live both ways, so that what follows goes by the socket.
  await talks(ada, "ada", 1, 2);
  await ben.sees("ada 2.");
  await talks(ben, "ben", 1, 2);
  await ada.sees("ben 2.");

  const talking = Promise.all([talks(ada, "ada", 3, EACH), talks(ben, "ben", 3, EACH)]);
  await ben.sees("ada 4.");
  await server.kill9();
  await server.restart();
  await talking;

  const everything = ["ada", "ben"].flatMap((word) => Array.from({ length: EACH }, (_, n) => `${word} ${n + 1}.`)).sort();
  for (const one of [ada, ben]) {
    await expect.poll(async () => (await one.timeline()).sort(), { timeout: 45_000 }).toEqual(everything);
  }
  await expect.poll(async () => await ada.timeline()).toEqual(await ben.timeline());

  // What events and catch-up built is what a fresh page shows.
  const live = await ben.timeline();
  await ben.page.reload();
  await expect.poll(() => ben.timeline()).toEqual(live);
  const bySender = (word: string) => live.filter((text) => text.startsWith(word));
  for (const word of ["ada", "ben"]) {
    expect(bySender(word)).toEqual(Array.from({ length: EACH }, (_, n) => `${word} ${n + 1}.`));
  }
});

test("a break is told after a while, and what was written meanwhile is sent by itself", async ({ person, server }) => {
  test.setTimeout(90_000);
  const [ada, ben] = [await person("Ada"), await person("Ben")];
  const room = `Calm ${Date.now().toString(36)}`;
  await ada.registers();
  await ben.registers();
  await ada.createsRoom(room);
  await ben.joins(room);
  await ada.says("Before");
  await ben.sees("Before");

  await server.kill9();
  await expect(ada.page.getByTestId("banner")).toContainText("Reconnecting");
  for (const text of ["Written alone, one", "Written alone, two"]) {
    await ada.composer.fill(text);
    await ada.button("Send").click();
    await expect(ada.message(text)).toContainText("When you are back");
  }
  await server.restart();
  await expect(ada.page.getByTestId("banner")).toContainText("Back online", { timeout: 30_000 });
  await expect(ada.page.getByText("When you are back")).toHaveCount(0);
  for (const one of [ada, ben]) {
    await expect.poll(() => one.timeline(), { timeout: 30_000 }).toEqual(["Before", "Written alone, one", "Written alone, two"]);
  }
  await expect(ada.page.getByTestId("banner")).toHaveCount(0);
});
