// Two people talk, on wide screens and on phones.
import { expect, test, unique, type Person } from "../support/fixtures";

type Make = (name: string) => Promise<Person>;

async function twoInTheLobby(person: Make): Promise<[Person, Person]> {
  const ada = await person("Ada");
  const ben = await person("Ben");
  await ada.registers();
  await ben.registers();
  await ada.opens("Lobby");
  await ben.opens("Lobby");
  return [ada, ben];
}

test("what one says the other sees at once, both ways", async ({ person }) => {
  const [ada, ben] = await twoInTheLobby(person);
  const [hello, answer] = [unique("Is the boat dry?"), unique("Dry and painted.")];

  await ada.says(hello);
  await ben.sees(hello);
  await expect(ben.message(hello)).toContainText(ada.name);
  await ben.says(answer);
  await ada.sees(answer);
});

test("text is text: markup of the page has no effect", async ({ person }) => {
  const [ada, ben] = await twoInTheLobby(person);
  const text = `<img src=x onerror="document.title='broken'"> ${unique("markup")}`;

  await ada.says(text);
  await ben.sees(text);
  await expect(ben.page).not.toHaveTitle("broken");
});

test("an edited message changes for everybody and says so", async ({ person }) => {
  const [ada, ben] = await twoInTheLobby(person);
  const [before, after] = [unique("At seven"), unique("At half past seven")];

  await ada.says(before);
  await ben.sees(before);
  await ada.edits(before, after);
  await ben.sees(after);
  await ben.doesNotSee(before);
  await expect(ben.message(after)).toContainText("(edited)");
});

test("a deleted message is gone for everybody and leaves its place", async ({ person }) => {
  const [ada, ben] = await twoInTheLobby(person);
  const text = unique("Never mind");

  await ada.says(text);
  await ben.sees(text);
  await ada.deletes(text);
  await ben.doesNotSee(text);
  await expect(ben.page.getByText("This message was deleted").last()).toBeVisible();
});

test("nobody can change what another said", async ({ person }) => {
  const [ada, ben] = await twoInTheLobby(person);
  const text = unique("Mine");

  await ada.says(text);
  await ben.sees(text);
  await ben.message(text).hover();
  await expect(ben.button("Edit", ben.message(text))).toHaveCount(0);
});

test("a new room is found, joined and talked in", async ({ person }) => {
  const [ada, ben] = await twoInTheLobby(person);
  const [room, text] = [unique("Boathouse"), unique("First here")];

  await ada.createsRoom(room, "Keys, tools, tides");
  await ada.says(text);
  await ben.joins(room);
  await ben.sees(text);
  await ben.says("Second");
  await ada.sees("Second");
});

test("a room in which something was said is marked until it is opened", async ({ person }) => {
  const [ada, ben] = await twoInTheLobby(person);
  const [room, text] = [unique("Kitchen"), unique("Soup is ready")];

  await ada.createsRoom(room);
  await ben.joins(room);
  await ben.opens("Lobby");
  await ben.seesNothingUnread(room);
  await ada.says(text);
  await ben.seesUnread(room);
  await ben.opens(room);
  await ben.sees(text);
  await ben.opens("Lobby");
  await ben.seesNothingUnread(room);
});

test("a link leads to its message", async ({ person }) => {
  const [ada, ben] = await twoInTheLobby(person);
  const room = unique("Log book");

  await ada.createsRoom(room);
  for (let n = 1; n <= 12; n += 1) await ada.says(`Entry ${n} of the book`);
  await ben.joins(room);
  // Posts are numbered from 1 in every room.
  await ben.page.goto(`${new URL(ben.page.url()).pathname}/1`);
  await expect(ben.message("Entry 1 of")).toBeInViewport();
});

test("one sees that the other is typing, and no longer once it is said", async ({ person }) => {
  const [ada, ben] = await twoInTheLobby(person);
  const room = unique("Quiet corner");
  await ada.createsRoom(room);
  await ben.joins(room);
  // Both are live once each has heard the other.
  await ada.says("Here");
  await ben.sees("Here");
  await ben.says("Here too");
  await ada.sees("Here too");

  await ada.typesWithoutSending("I was thinking");
  await ben.seesTyping(ada.name);
  await ada.button("Send").click();
  await ben.sees("I was thinking");
  await expect(ben.page.getByTestId("typing")).not.toContainText("is writing");
});
