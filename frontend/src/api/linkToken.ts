/** Links of mails. */

import { ApiProblem } from "./problems";

/** The secret of a link: behind the `#`, where neither servers' logs nor other pages see it. */
export function tokenIn(fragment: string): string | null {
  return new URLSearchParams(fragment).get("token") || null;
}

/** The link is used, too old or not whole: only another mail helps. */
export function isLinkSpent(error: unknown): boolean {
  return error instanceof ApiProblem && error.code === "invalid_token";
}
