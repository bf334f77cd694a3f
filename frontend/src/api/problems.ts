/** Errors as the page knows them: problems that the API tells (RFC 9457), and an API that does not answer. */

import type { components } from "./schema";

export type ProblemField = components["schemas"]["ProblemField"];
type Problem = components["schemas"]["Problem"];

/** The API refused, and says why. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";

  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly traceId: string | null,
    readonly fields: readonly ProblemField[],
    readonly retryAfterS: number | null,
  ) {
    super(detail);
  }
}

/** No answer came: no network, no server, or the connection broke. */
export class NotReached extends Error {
  override readonly name = "NotReached";
}

/** The problem in an answer's body; whatever stands between us and the API may answer without one. */
export function problemOf(
  status: number,
  body: unknown,
  header: (name: string) => string | null = () => null,
): ApiProblem {
  const told: Partial<Problem> = typeof body === "object" && body !== null ? body : {};
  const retryAfter = Number(header("Retry-After") ?? Number.NaN);
  return new ApiProblem(
    status,
    told.code ?? `http_${status}`,
    told.detail ?? "",
    told.trace_id ?? header("X-Trace-Id"),
    told.errors ?? [],
    Number.isFinite(retryAfter) ? retryAfter : null,
  );
}

/** Text as JSON; undefined where it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The problem that a response carries. */
export async function problemIn(response: Response): Promise<ApiProblem> {
  return problemOf(response.status, parsedJson(await response.text()), (name) => response.headers.get(name));
}

const REFUSED = [413, 415, 422];

/** Whether it is the file or what was asked for: only another choice helps. */
export function isRefused(error: unknown): boolean {
  return error instanceof ApiProblem && REFUSED.includes(error.status);
}

/** Whether the same request may succeed a little later. */
export function mayPass(error: unknown): boolean {
  return error instanceof NotReached || (error instanceof ApiProblem && (error.status >= 500 || error.status === 429));
}
