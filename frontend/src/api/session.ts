/**
 * The signed-in session.
 *
 * The access token lives in this object only. The refresh token is an HttpOnly cookie that scripts never see; renewing
 * needs it together with a header that a foreign page cannot send without the API's consent (CSRF).
 */

import { NotReached, problemIn } from "./problems";
import type { components } from "./schema";

export const CSRF_HEADER = "X-CSRF";
const CSRF_VALUE = "1";
const AUTH = "/api/v1/auth";
/** A token is renewed this long before it ends, so that the cookies for images and links never lapse. */
const MARGIN_MS = 60_000;
const RETRY_MS = 5_000;
const LOCK = "fiapx.session";

type Tokens = components["schemas"]["TokensDto"];
export type SessionState = "unknown" | "signed-in" | "signed-out";

/** Remembers, beyond a reload and without any secret, whether it is worth asking for a renewal. */
export interface SessionTrace {
  read(): boolean;
  write(present: boolean): void;
}

/** Runs one renewal at a time among all tabs: a refresh token that is used twice ends its session. */
async function alone<T>(work: () => Promise<T>): Promise<T> {
  // Web Locks exist in secure contexts only.
  return globalThis.navigator?.locks ? navigator.locks.request(LOCK, work) : work();
}

export class Session {
  #state: SessionState = "unknown";
  #token: { text: string; endsAtMs: number } | null = null;
  #renewal: Promise<void> | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly origin: string,
    private readonly trace: SessionTrace,
  ) {}

  get state(): SessionState {
    return this.#state;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Finds out, once, whether this browser is signed in already. */
  async restore(): Promise<SessionState> {
    if (this.#state === "unknown") {
      if (this.trace.read()) await this.#renewOnce();
      else this.#end();
    }
    return this.#state;
  }

  async signIn(email: string, password: string): Promise<void> {
    this.#begin(await this.#tokens("login", { body: JSON.stringify({ email, password }) }));
  }

  /** Ends the session here and on the server; a server that cannot be reached does not keep anyone signed in here. */
  async signOut(): Promise<void> {
    const headers = this.#headers();
    this.#end();
    await this.#post("logout", { headers }).catch((error: unknown) => {
      if (!(error instanceof NotReached)) throw error;
    });
  }

  /** Another tab signed out. */
  forget(): void {
    this.#end();
  }

  /** An access token that is good for a while yet, or null when there is no session. */
  async freshToken(): Promise<string | null> {
    if (this.#state === "signed-out") return null;
    if (this.#token === null || this.#token.endsAtMs - Date.now() < MARGIN_MS) await this.#renewOnce();
    return this.#token?.text ?? null;
  }

  /** `fetch` with the session's token; a token that the server no longer takes is renewed once. */
  fetch = async (request: Request): Promise<Response> => {
    const again = request.clone();
    const token = await this.freshToken();
    const response = await this.#send(request, token);
    if (response.status !== 401 || token === null) return response;
    if (this.#token?.text === token) await this.#renewOnce();
    return this.#token === null ? response : this.#send(again, this.#token.text);
  };

  async #send(request: Request, token: string | null): Promise<Response> {
    if (token !== null) request.headers.set("Authorization", `Bearer ${token}`);
    try {
      return await fetch(request);
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") throw error;
      throw new NotReached("The server could not be reached.", { cause: error });
    }
  }

  async #renewOnce(): Promise<void> {
    this.#renewal ??= alone(() => this.#renew()).finally(() => {
      this.#renewal = null;
    });
    await this.#renewal;
  }

  async #renew(): Promise<void> {
    const response = await this.#post("refresh", { headers: { [CSRF_HEADER]: CSRF_VALUE } });
    if (response.ok) {
      this.#begin(await response.json());
    } else if (response.status >= 500 || response.status === 429) {
      throw await problemIn(response);
    } else {
      this.#end();
    }
  }

  async #tokens(call: string, init: RequestInit): Promise<Tokens> {
    const response = await this.#post(call, { ...init, headers: { "Content-Type": "application/json" } });
    if (!response.ok) throw await problemIn(response);
    return response.json();
  }

  #post(call: string, init: RequestInit): Promise<Response> {
    const options: RequestInit = { method: "POST", credentials: "include", ...init };
    return this.#send(new Request(`${this.origin}${AUTH}/${call}`, options), null);
  }

  #headers(): Record<string, string> {
    const csrf = { [CSRF_HEADER]: CSRF_VALUE };
    return this.#token === null ? csrf : { ...csrf, Authorization: `Bearer ${this.#token.text}` };
  }

  #begin(tokens: Tokens): void {
    this.#token = { text: tokens.access_token, endsAtMs: Date.now() + tokens.expires_in * 1000 };
    this.trace.write(true);
    this.#renewAfter(Math.max(RETRY_MS, tokens.expires_in * 1000 - MARGIN_MS));
    this.#become("signed-in");
  }

  #end(): void {
    this.#token = null;
    this.trace.write(false);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#become("signed-out");
  }

  #renewAfter(delayMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // Not reached now: the next try is soon, and each request tries for itself.
      this.#renewOnce().catch(() => this.#renewAfter(RETRY_MS));
    }, delayMs);
  }

  #become(state: SessionState): void {
    const changed = this.#state !== state;
    this.#state = state;
    if (changed) for (const listener of this.#listeners) listener();
  }
}
