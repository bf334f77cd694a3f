/** The page's one session and its typed client. */

import createClient from "openapi-fetch";
import { apiOrigin } from "../config";
import { problemOf } from "./problems";
import type { components, paths } from "./schema";
import { Session, type SessionTrace } from "./session";

export type Video = components["schemas"]["VideoDto"];
export type VideoPage = components["schemas"]["VideoPageDto"];
export type Frame = components["schemas"]["FrameDto"];
export type FramePage = components["schemas"]["FramePageDto"];
export type VideoStatus = components["schemas"]["VideoStatus"];
export type User = components["schemas"]["UserDto"];

const TRACE_KEY = "fiapx.signed-in";

const trace: SessionTrace = {
  read: () => localStorage.getItem(TRACE_KEY) !== null,
  write: (present) => (present ? localStorage.setItem(TRACE_KEY, "1") : localStorage.removeItem(TRACE_KEY)),
};

export const session = new Session(apiOrigin, trace);

window.addEventListener("storage", (event) => {
  if (event.key === TRACE_KEY && event.newValue === null) session.forget();
});
document.addEventListener("visibilitychange", () => {
  // Timers sleep in hidden tabs; what fails here is tried again by the next request.
  if (!document.hidden) session.freshToken().catch(() => undefined);
});

export const api = createClient<paths>({ baseUrl: apiOrigin || window.location.origin, fetch: session.fetch });

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The data of an answer, or its problem as an exception. */
export async function answered<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (!response.ok) throw problemOf(response.status, error, (name) => response.headers.get(name));
  return data as T;
}

/** An address for `<img>`, `EventSource` and links, which the `fx_access` cookie opens. */
export function apiUrl(path: string): string {
  return `${apiOrigin}/api/v1${path}`;
}
