// Reads a browser's console: whatever a test did not expect there fails it.
import type { BrowserContext } from "@playwright/test";
import type { Server } from "./server";

const STATUS = /the server responded with a status of (\d{3})/;
const NETWORK = /net::ERR_|WebSocket connection to .* failed|Failed to fetch|NetworkError/;

export class Watch {
  readonly problems: string[] = [];
  private readonly expected = new Set<number>();

  constructor(
    who: string,
    context: BrowserContext,
    private readonly server: Server,
  ) {
    context.on("console", (line) => {
      if (line.type() === "error" && !this.allows(line.text())) {
        this.problems.push(`${who}, console: ${line.text()} (${line.location().url})`);
      }
    });
    context.on("weberror", (error) => {
      if (!this.allows(error.error().message)) this.problems.push(`${who}, error: ${error.error().stack}`);
    });
  }

  /** Chromium writes a line for every request that fails: from here on the lines of this status are fine. */
  expectStatus(status: number): void {
    this.expected.add(status);
  }

  private allows(line: string): boolean {
    const status = STATUS.exec(line)?.[1];
    if (status) return this.expected.has(Number(status));
    return this.server.wasKilled && NETWORK.test(line);
  }
}
