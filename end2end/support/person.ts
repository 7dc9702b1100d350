// The vocabulary of the tests: what a person does and sees, by the names that a screen reader would say.
import { expect, type Locator, type Page } from "@playwright/test";
import type { Watch } from "./watch";

export type Account = { displayName: string; username: string; email: string; password: string };

export class Person {
  constructor(
    readonly page: Page,
    readonly account: Account,
    private readonly watch: Watch,
  ) {}

  get name(): string {
    return this.account.displayName;
  }

  get composer(): Locator {
    return this.page.getByRole("textbox", { name: "Message", exact: true });
  }

  /** A button, or a link that looks like one where there is no script. */
  button(name: string | RegExp, within: Page | Locator = this.page): Locator {
    const named = typeof name === "string" ? { name, exact: true } : { name };
    return within.getByRole("button", named).or(within.getByRole("link", named));
  }

  field(label: string): Locator {
    return this.page.getByLabel(label, { exact: true });
  }

  message(text: string): Locator {
    return this.page.getByTestId("message").filter({ hasText: text });
  }

  roomLink(room: string): Locator {
    return this.page.getByTestId("room-link").filter({ hasText: room, visible: true });
  }

  /** The console may show the browser's own line of this status from now on. */
  expectStatus(status: number): void {
    this.watch.expectStatus(status);
  }

  // ---- accounts ----

  async fillsRegistration(account: Account = this.account): Promise<void> {
    await this.field("Your name").fill(account.displayName);
    await this.field("Username").fill(account.username);
    await this.field("E-mail").fill(account.email);
    await this.field("Password").fill(account.password);
  }

  async registers(): Promise<void> {
    await this.page.goto("/register");
    await this.fillsRegistration();
    await this.button("Create account").click();
    await expect(this.page).not.toHaveURL(/\/(register|sign-in)/);
  }

  async signsIn(): Promise<void> {
    await this.triesToSignIn(this.account.username, this.account.password);
    await expect(this.page).not.toHaveURL(/\/sign-in/);
  }

  async triesToSignIn(name: string, password: string): Promise<void> {
    await this.page.goto("/sign-in");
    await this.field("Username or e-mail").fill(name);
    await this.field("Password").fill(password);
    await this.button("Sign in").click();
  }

  async signsOut(): Promise<void> {
    await this.page.goto("/me");
    await this.button("Sign out").click();
    await expect(this.page).toHaveURL(/\/sign-in/);
  }

  // ---- rooms ----

  /** From the list of rooms, which a phone shows on a page of its own. */
  async opens(room: string): Promise<void> {
    await this.seesTheRoomList();
    await this.roomLink(room).click();
    await this.isIn(room);
  }

  async isIn(room: string): Promise<void> {
    await expect(this.page).toHaveURL(/\/rooms\/[0-9a-f-]{36}/);
    await expect(this.page.getByRole("heading", { level: 1, name: room })).toBeVisible();
    await expect(this.composer).toBeVisible();
  }

  async createsRoom(name: string, topic = ""): Promise<void> {
    await this.page.goto("/rooms");
    await this.button(/^New room/).first().click();
    await expect(this.page).toHaveURL(/\/rooms\/new/);
    await this.field("Name").fill(name);
    await this.field("What is it about?").fill(topic);
    await this.button("Create room").click();
    await this.isIn(name);
  }

  /** Joins from the directory, and goes in. */
  async joins(name: string): Promise<void> {
    await this.page.goto("/rooms");
    const entry = this.page.getByRole("main").getByRole("listitem").filter({ hasText: name });
    await this.button(/^Join/, entry).click();
    const heading = this.page.getByRole("heading", { level: 1, name });
    const open = entry.getByRole("link", { name: /^Open/ });
    await expect(heading.or(open).first()).toBeVisible();
    if (await open.isVisible()) await open.click();
    await this.isIn(name);
  }

  async seesUnread(room: string): Promise<void> {
    await this.seesTheRoomList();
    await expect(this.page.getByRole("link", { name: new RegExp(`${room}.*unread`, "is") })).toBeVisible();
  }

  async seesNothingUnread(room: string): Promise<void> {
    await this.seesTheRoomList();
    await expect(this.page.getByRole("link", { name: new RegExp(`${room}.*unread`, "is") })).toHaveCount(0);
  }

  private async seesTheRoomList(): Promise<void> {
    const shown = this.page.getByTestId("room-link").filter({ visible: true }).first();
    if (!(await shown.isVisible())) await this.page.goto("/");
    await expect(shown).toBeVisible();
  }

  // ---- messages ----

  async says(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.button("Send").click();
    await this.sees(text);
    await expect(this.composer).toHaveValue("");
  }

  /** Exactly once: a doubled message is as wrong as a lost one. */
  async sees(text: string): Promise<void> {
    await expect(this.message(text)).toHaveCount(1);
    await expect(this.message(text)).toBeVisible();
  }

  async doesNotSee(text: string): Promise<void> {
    await expect(this.message(text)).toHaveCount(0);
  }

  /** The bodies on the page, in order. */
  timeline(): Promise<string[]> {
    return this.page.getByTestId("message-body").allInnerTexts();
  }

  async edits(oldText: string, newText: string): Promise<void> {
    await this.acts(oldText, "Edit");
    await this.page.getByLabel("Edit message").fill(newText);
    await this.button("Save").click();
    await this.sees(newText);
    await expect(this.message(newText)).toContainText("(edited)");
  }

  async deletes(text: string): Promise<void> {
    await this.acts(text, "Delete");
    await this.doesNotSee(text);
  }

  private async acts(text: string, action: "Edit" | "Delete"): Promise<void> {
    const row = this.message(text);
    await row.hover();
    await this.button(action, row).click();
  }

  async typesWithoutSending(text: string): Promise<void> {
    await this.composer.pressSequentially(text);
  }

  /** The line calls people by their first name. */
  async seesTyping(name: string): Promise<void> {
    await expect(this.page.getByTestId("typing")).toContainText(`${name.split(" ")[0]} is writing`);
  }
}
