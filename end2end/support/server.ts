// The real binary on a free port with a data folder of its own, to be started, killed and started again.
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { access, mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

const BINARY = process.env.KITH_BINARY ?? resolve(__dirname, "../../target/release/kith");
const STARTS_WITHIN_MS = 20_000;
const STOPS_WITHIN_MS = 12_000;

export class Server {
  /** Everything that it has written so far, to both outputs, over all its lives. */
  log = "";
  /** Whether a test has killed it: then browsers may complain about the network. */
  wasKilled = false;
  private process?: ChildProcess;

  private constructor(
    private readonly port: number,
    private readonly data: string,
    private readonly settings: Record<string, string>,
  ) {}

  /** `settings` are further KITH_… variables. */
  static async start(settings: Record<string, string> = {}): Promise<Server> {
    await access(BINARY).catch(() => {
      throw new Error(`There is no ${BINARY}: build it with 'make build', or name one in KITH_BINARY.`);
    });
    const server = new Server(await freePort(), await mkdtemp(join(tmpdir(), "kith-")), settings);
    await server.launch();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The one-time link for the first administrator, as the server printed it. */
  setupLink(): string {
    const link = this.log.match(/https?:\/\/\S*\/setup\/[\w-]+/)?.[0];
    if (!link) throw new Error(`The server printed no set-up link:\n${this.log}`);
    return link;
  }

  /** One of the administrator's commands on the same data, such as `user reset-link NAME`; gives what it printed. */
  async command(...words: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(BINARY, words, { env: this.environment() });
    return stdout;
  }

  /** Ends it as a power cut would. */
  async kill9(): Promise<void> {
    this.wasKilled = true;
    await this.end("SIGKILL");
  }

  /** Starts it again where it was: same address, same data. */
  async restart(): Promise<void> {
    if (this.isRunning()) await this.end("SIGTERM");
    await this.launch();
  }

  async stop(): Promise<void> {
    await this.end("SIGTERM");
    await rm(this.data, { recursive: true, force: true });
  }

  private isRunning(): boolean {
    return this.process !== undefined && this.process.exitCode === null && this.process.signalCode === null;
  }

  private environment(): NodeJS.ProcessEnv {
    return {
      ...withoutKith(process.env),
      KITH_ADDRESS: `127.0.0.1:${this.port}`,
      KITH_DATA: this.data,
      KITH_PUBLIC_URL: this.url,
      ...(process.env.KITH_DATABASE_URL ? { KITH_DATABASE_URL: process.env.KITH_DATABASE_URL } : {}),
      ...this.settings,
    };
  }

  private async launch(): Promise<void> {
    this.process = spawn(BINARY, [], { env: this.environment(), stdio: ["ignore", "pipe", "pipe"] });
    const keep = (piece: Buffer) => (this.log += piece.toString());
    this.process.stdout?.on("data", keep);
    this.process.stderr?.on("data", keep);
    await this.answers();
  }

  private async answers(): Promise<void> {
    const deadline = Date.now() + STARTS_WITHIN_MS;
    while (this.isRunning() && Date.now() < deadline) {
      const health = await fetch(`${this.url}/healthz`).catch(() => undefined);
      if (health?.status === 200) return;
      await pause(50);
    }
    const why = this.isRunning() ? "does not answer /healthz" : "ended at its start";
    await this.end("SIGKILL");
    throw new Error(`The server ${why}. It wrote:\n${this.log}`);
  }

  /** A server that does not heed SIGTERM in time is killed: the tests go on, and fail. */
  private async end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const child = this.process;
    if (!child || !this.isRunning()) return;
    const gone = once(child, "exit");
    child.kill(signal);
    const patience = new AbortController();
    const late = pause(STOPS_WITHIN_MS, "late" as const, { signal: patience.signal }).catch(() => undefined);
    const first = await Promise.race([gone, late]);
    patience.abort();
    if (first !== "late") return;
    child.kill("SIGKILL");
    await gone;
    throw new Error(`The server was still there ${STOPS_WITHIN_MS / 1000} s after ${signal}.`);
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

/** Settings of whoever runs the tests must not leak into the server under test. */
function withoutKith(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith("KITH_")));
}
