// Every page can be used without seeing it and without a mouse.
import { expect, test, type Person } from "../support/fixtures";

const NAMED = ["button", "link", "textbox", "searchbox", "combobox", "checkbox", "radio", "switch", "menuitem", "tab", "image"];

/** What the browser tells a screen reader about everything that can be used and has no name. */
async function nameless(person: Person): Promise<string[]> {
  const session = await person.page.context().newCDPSession(person.page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  const without = nodes.filter((node) => !node.ignored && NAMED.includes(node.role?.value) && !node.name?.value?.trim());
  return without.map((node) => `${node.role?.value} without a name (node ${node.backendDOMNodeId})`);
}

async function isWellFormed(person: Person, path: string): Promise<void> {
  expect(await nameless(person), path).toEqual([]);
  await expect(person.page.getByRole("heading", { level: 1 }), path).toHaveCount(1);
  await expect(person.page.getByRole("main"), path).toHaveCount(1);
  await expect(person.page, path).toHaveTitle(/\S/);
  await expect(person.page.locator("html"), path).toHaveAttribute("lang", /\S/);
}

/** Whether the focused element, or the frame that it sits in, is drawn differently from the rest. */
function focusShows(person: Person): Promise<boolean> {
  return person.page.evaluate(() => {
    const frames: Element[] = [];
    for (let at = document.activeElement; at && frames.length < 4; at = at.parentElement) frames.push(at);
    return frames.some((element) => {
      const style = getComputedStyle(element);
      const outline = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
      return outline || (element.matches(":focus, :focus-within") && style.boxShadow !== "none");
    });
  });
}

test("pages for everybody have names, one heading and landmarks", async ({ person }) => {
  const stranger = await person("Stranger");
  for (const path of ["/sign-in", "/register"]) {
    await stranger.page.goto(path);
    await isWellFormed(stranger, path);
  }
});

test("pages for members have names, one heading and landmarks", async ({ person, isMobile }) => {
  const ada = await person("Ada");
  await ada.registers();
  for (const path of ["/", "/rooms", "/rooms/new", "/me"]) {
    await ada.page.goto(path);
    await isWellFormed(ada, path);
    await expect(ada.page.getByRole("navigation").first(), path).toBeVisible();
  }
  await ada.opens("Lobby");
  await ada.says(`Good morning ${Date.now().toString(36)}`);
  await isWellFormed(ada, "a room");
  await expect(ada.page.getByRole("log")).toHaveCount(1);
  // A phone shows the room alone; the way back is a link in its head.
  if (!isMobile) await expect(ada.page.getByRole("navigation").first()).toBeVisible();
});

test("the tab key reaches the composer, and always shows where it is", async ({ person }) => {
  const ada = await person("Ada");
  await ada.registers();
  await ada.opens("Lobby");
  await ada.page.reload();
  await expect(ada.composer).toBeVisible();
  await ada.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());

  const isOnComposer = () => ada.composer.evaluate((element) => element === document.activeElement);
  let steps = 0;
  while (steps < 80 && !(await isOnComposer())) {
    await ada.page.keyboard.press("Tab");
    steps += 1;
    const isOnPage = await ada.page.evaluate(() => document.activeElement !== document.body);
    if (isOnPage) expect(await focusShows(ada), `focus after ${steps} tabs`).toBe(true);
  }
  expect(await isOnComposer()).toBe(true);
});

test("a form is filled in and sent with the keyboard alone", async ({ person }) => {
  const ada = await person("Ada");
  await ada.registers();
  await ada.signsOut();
  await ada.page.goto("/sign-in");
  await ada.field("Username or e-mail").focus();
  await ada.page.keyboard.type(ada.account.username);
  await ada.field("Password").focus();
  await ada.page.keyboard.type(ada.account.password);
  await ada.page.keyboard.press("Enter");
  await expect(ada.page).not.toHaveURL(/\/sign-in/);
});
