// What every test starts with: a running server, and people with a browser each.
import { test as base, expect } from "@playwright/test";
import { Person } from "./person";
import { Server } from "./server";
import { Watch } from "./watch";

/** Makes a person with a browser of their own; `on` is the server they use, if not everybody's. */
type MakePerson = (name: string, on?: Server) => Promise<Person>;

let made = 0;

export const test = base.extend<{ person: MakePerson }, { server: Server }>({
  server: [
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.stop();
    },
    { scope: "worker" },
  ],

  person: async ({ browser, server }, use, info) => {
    const watches: Watch[] = [];
    const contexts: { close(): Promise<void> }[] = [];
    server.wasKilled = false;

    await use(async (name, on = server) => {
      const context = await browser.newContext({ baseURL: on.url });
      contexts.push(context);
      const watch = new Watch(name, context, on);
      watches.push(watch);
      made += 1;
      return new Person(await context.newPage(), account(name, made), watch);
    });

    for (const context of contexts) await context.close();
    if (info.status !== info.expectedStatus) {
      await info.attach("server log", { body: server.log, contentType: "text/plain" });
    }
    expect(watches.flatMap((watch) => watch.problems), "nothing unexpected in any console").toEqual([]);
  },
});

/** Tests share a server, so nobody has the name of somebody else. */
function account(name: string, number: number) {
  const username = `${name.toLowerCase()}${number}`;
  return {
    displayName: `${name} ${number}`,
    username,
    email: `${username}@example.org`,
    password: `a quiet harbour ${number}`,
  };
}

/** Rooms and messages outlive a test as the server does: no two have one name. */
export const unique = (name: string) => `${name} ${Date.now().toString(36)}`;

export { expect, Server };
export type { Person };
